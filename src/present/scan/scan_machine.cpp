// SPDX-License-Identifier: Apache-2.0
#include "present/scan/scan_machine.hpp"

#include "model/port_groups.hpp"
#include "model/port_list.hpp"
#include "present/json/json_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::present {
namespace {

using json::Object;

std::string service_of(const ServiceNames& services, Port port) {
  const auto found = services.find(port);
  return found != services.end() ? found->second : std::string{};
}

Object reach_object(const model::Reach& reach) {
  const auto address = [](const IpAddress& each) { return each.to_string(); };
  return {
      {"last_passed", reach.last_passed.value()},
      {"last_passed_by", json::or_null(reach.last_passed_by, address)},
      {"first_stopped", json::or_null(reach.first_stopped, json::number)},
      {"assumed", reach.assumed}};
}

Object decision_object(const model::Reply* reply) {
  if (reply == nullptr) {
    return nullptr;
  }
  return {
      {"from", reply->from.to_string()},
      {"result", model::name(reply->kind)},
      {"reply_ttl", json::or_null(reply->ttl, json::number)},
      {"icmp", json::icmp_object(reply)}};
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

Object port_object(
    const model::Trace& trace, const model::PortResult& result, const ServiceNames& services) {
  return {
      {"port", result.port.value()},
      {"service", json::text_or_null(service_of(services, result.port))},
      {"state", model::name(result.state)},
      {"rtt_ms", json::or_null(result.rtt, json::rounded_ms)},
      {"attempts", result.attempts},
      {"decided_by", decision_object(reply_to(trace, result.decided_by))},
      {"delivered", json::or_null(is_delivered(trace, result), [](bool value) { return value; })},
      {"where", json::or_null(result.reach, reach_object)},
      {"control", result.control}};
}

Object group_object(const model::PortGroup& group) {
  return {
      {"ports", model::port_list(group.ports)},
      {"count", group.ports.size()},
      {"state", model::name(group.state)},
      {"where", json::or_null(group.reach, reach_object)},
      {"sentence", group.sentence}};
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
  const model::Reply* reply = reply_to(trace, result.decided_by);
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
  Object ports = Object::array();
  for (const model::PortResult& result : trace.ports) {
    ports.push_back(port_object(trace, result, services));
  }
  Object groups = Object::array();
  for (const model::PortGroup& group : model::group_ports(trace)) {
    groups.push_back(group_object(group));
  }
  Object target = json::target_object(trace.target);
  target.erase("port");
  target.erase("service");
  const Object document{
      {"schema", "synroute.scan"},
      {"version", 1},
      {"target", std::move(target)},
      {"source", json::source_object(trace.source)},
      {"method", model::name(trace.method)},
      {"started_at", json::timestamp(trace.started_at)},
      {"duration_ms", json::rounded_ms(trace.duration)},
      {"interrupted", trace.verdict.stop == model::StopReason::Interrupted},
      {"ports", std::move(ports)},
      {"groups", std::move(groups)},
      {"findings", json::finding_array(trace.findings)},
      {"counters", json::counter_object(trace.counters)}};
  return document.dump(-1, ' ', true, Object::error_handler_t::replace);
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
