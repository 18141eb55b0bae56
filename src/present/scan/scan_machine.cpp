// SPDX-License-Identifier: Apache-2.0
#include "present/scan/scan_machine.hpp"

#include "model/port_groups.hpp"
#include "model/port_list.hpp"
#include "present/json/json_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::present {
namespace {

using json::Writer;

std::string service_of(const ServiceNames& services, Port port) {
  const auto found = services.find(port);
  return found != services.end() ? found->second : std::string{};
}

void write_reach(Writer& to, const std::optional<model::Reach>& reach) {
  if (!reach) {
    to.value(nullptr);
    return;
  }
  to.object([&] {
    to.member("last_passed", reach->last_passed);
    to.member("last_passed_by", reach->last_passed_by);
    to.member("first_stopped", reach->first_stopped);
    to.member("assumed", reach->assumed);
  });
}

void write_decision(Writer& to, const model::Reply* reply) {
  if (reply == nullptr) {
    to.value(nullptr);
    return;
  }
  to.object([&] {
    to.member("from", reply->from);
    to.member("result", model::name(reply->kind));
    to.member("reply_ttl", reply->ttl);
    to.member("icmp", [&] { json::write_icmp(to, reply); });
  });
}

/// Absent where it was not tested, or no segment answered.
std::optional<bool> is_delivered(const model::Trace& trace, const model::PortResult& result) {
  switch (model::delivery_of(trace, result.decided_by)) {
    case model::Delivery::Delivered: return true;
    case model::Delivery::NotDelivered: return false;
    case model::Delivery::NotTested: break;
  }
  return std::nullopt;
}

void write_port(
    Writer& to,
    const model::Trace& trace,
    const model::PortResult& result,
    const ServiceNames& services) {
  to.object([&] {
    to.member("port", result.port);
    to.member("service", json::text_or_null(service_of(services, result.port)));
    to.member("state", model::name(result.state));
    to.member("rtt_ms", result.rtt);
    to.member("attempts", result.attempts);
    to.member("decided_by", [&] { write_decision(to, deciding_reply(trace, result)); });
    to.member("delivered", is_delivered(trace, result));
    to.member("where", [&] { write_reach(to, result.reach); });
    to.member("interface", json::text_or_null(result.interface));
    to.member("control", result.control);
  });
}

void write_group(Writer& to, const model::PortGroup& group) {
  to.object([&] {
    to.member("ports", model::port_list(group.ports));
    to.member("count", group.ports.size());
    to.member("state", model::name(group.state));
    to.member("where", [&] { write_reach(to, group.reach); });
    to.member("sentence", group.sentence);
  });
}

/// Quoted as in RFC 4180 §2; an apostrophe keeps spreadsheets from evaluating formulas (CWE-1236).
std::string csv_field(std::string text) {
  if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char character : text) {
    quoted += character == '"' ? std::string{"\"\""} : std::string{character};
  }
  return quoted + '"';
}

std::string csv_line(
    const model::Trace& trace, const model::PortResult& result, const ServiceNames& services) {
  const model::Reply* reply = deciding_reply(trace, result);
  const bool icmp = reply != nullptr && !reply->is_tcp();
  const auto& reach = result.reach;
  const auto delivered = is_delivered(trace, result);
  const auto ttl_text = [](Ttl ttl) { return std::to_string(ttl.value()); };
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{}\n",
      trace.target.address.to_string(),
      result.port.value(),
      csv_field(service_of(services, result.port)),
      model::name(result.state),
      result.rtt ? fmt::format("{:.3f}", milliseconds(*result.rtt)) : "",
      reply != nullptr ? reply->from.to_string() : "",
      icmp ? std::to_string(reply->icmp_type) : "",
      icmp ? std::to_string(reply->icmp_code) : "",
      reach ? ttl_text(reach->last_passed) : "",
      reach && reach->last_passed_by ? reach->last_passed_by->to_string() : "",
      reach && reach->first_stopped ? ttl_text(*reach->first_stopped) : "",
      delivered ? (*delivered ? "true" : "false") : "");
}

}  // namespace

std::string scan_to_json(const model::Trace& trace, const ServiceNames& services) {
  Writer to;
  to.object([&] {
    to.member("schema", "synroute.scan");
    to.member("version", 1);
    to.member("target", [&] { json::write_target(to, trace.target, json::TargetPort::Left); });
    to.member("source", [&] { json::write_source(to, trace.source); });
    to.member("method", model::name(trace.method));
    to.member("started_at", json::timestamp(trace.started_at));
    to.member("duration_ms", trace.duration);
    to.member("interrupted", trace.verdict.stop == model::StopReason::Interrupted);
    to.member("ports", [&] {
      to.array([&] {
        for (const model::PortResult& result : trace.ports) {
          write_port(to, trace, result, services);
        }
      });
    });
    to.member("groups", [&] {
      to.array([&] {
        for (const model::PortGroup& group : model::group_ports(trace)) {
          write_group(to, group);
        }
      });
    });
    to.member("findings", [&] { json::write_findings(to, trace.findings); });
    to.member("counters", [&] { json::write_counters(to, trace.counters); });
  });
  return to.take();
}

std::string scan_csv_header() {
  return "address,port,service,state,rtt_ms,answered_by,icmp_type,icmp_code,last_passed_ttl,"
         "last_passed_by,first_stopped_ttl,delivered";
}

std::string scan_to_csv(const model::Trace& trace, const ServiceNames& services) {
  std::string text;
  for (const model::PortResult& result : trace.ports) {
    if (!result.control) {
      text += csv_line(trace, result, services);
    }
  }
  return text;
}

seam::Text ScanDocument::on(const model::Event& event) {
  seam::Text text;
  if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    text.out = write_(finished->trace);
    done_ = true;
  }
  return text;
}

}  // namespace synroute::present
