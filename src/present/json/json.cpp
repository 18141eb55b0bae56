// SPDX-License-Identifier: Apache-2.0
#include "present/json/json.hpp"

#include "base/text.hpp"
#include "model/hop.hpp"
#include "present/json/json_parts.hpp"
#include "wire/icmp_names.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace synroute::present {
namespace {

using json::number;
using json::Object;
using json::or_null;
using json::rounded_ms;
using json::text_or_null;

std::string_view result(const model::ProbeRecord& record) {
  if (const model::Reply* reply = record.reply()) {
    return name(reply->kind);
  }
  return record.refusal() ? "refused" : "timeout";
}

/// How long a lost probe was waited for.
Object waited(const model::ProbeRecord& record) {
  const auto* lost = std::get_if<model::Lost>(&record.state);
  return lost != nullptr && lost->waited ? Object(rounded_ms(*lost->waited)) : Object(nullptr);
}

Object flag_array(const model::Reply* reply) {
  Object flags = Object::array();
  if (reply != nullptr && reply->is_tcp()) {
    for (const std::string_view flag : wire::names(reply->flags)) {
      flags.push_back(flag);
    }
  }
  return flags;
}

Object mpls_array(const model::Reply* reply) {
  Object labels = Object::array();
  if (reply != nullptr) {
    for (const wire::MplsLabel& label : reply->extensions.mpls) {
      labels.push_back(
          {{"label", label.label},
           {"tc", label.traffic_class},
           {"s", label.bottom ? 1 : 0},
           {"ttl", label.ttl}});
    }
  }
  return labels;
}

std::string_view role_name(wire::InterfaceInfo::Role role) {
  using enum wire::InterfaceInfo::Role;
  switch (role) {
    case IncomingIp: return "incoming";
    case SubIp: return "sub_ip";
    case OutgoingIp: return "outgoing";
    case NextHop: return "next_hop";
  }
  std::unreachable();
}

/// RFC 5837.
Object interface_array(const model::Reply* reply) {
  Object interfaces = Object::array();
  if (reply != nullptr) {
    for (const wire::InterfaceInfo& info : reply->extensions.interfaces) {
      const auto text = [](const IpAddress& address) { return address.to_string(); };
      interfaces.push_back(
          {{"role", role_name(info.role)},
           {"index", or_null(info.index, std::identity{})},
           {"address", or_null(info.address, text)},
           {"name", or_null(info.name, std::identity{})},
           {"mtu", or_null(info.mtu, std::identity{})}});
    }
  }
  return interfaces;
}

/// The fields of the probe that the answer shows rewritten.
Object rewritten_array(const model::Reply* reply) {
  Object keys = Object::array();
  if (reply == nullptr) {
    return keys;
  }
  const model::MatchGrade& grade = reply->grade;
  const auto add = [&](bool changed, std::string_view key) {
    if (changed) {
      keys.push_back(key);
    }
  };
  add(grade.source_rewritten, "source");
  add(grade.destination_rewritten, "destination");
  add(grade.ports_rewritten, "ports");
  add(grade.sequence_rewritten, "sequence");
  add(grade.ip_id != model::IdGrade::Unknown && grade.ip_id != model::IdGrade::Same, "ip_id");
  return keys;
}

std::string_view role_name(model::ProbeRole role) {
  switch (role) {
    case model::ProbeRole::Hop: return "hop";
    case model::ProbeRole::Direct: return "direct";
    case model::ProbeRole::Confirm: return "confirm";
  }
  std::unreachable();
}

Object disproved_object(const model::ProbeRecord& record) {
  if (record.disproved.empty()) {
    return nullptr;
  }
  const model::Reply& reset = record.disproved.front();
  return {
      {"from", reset.from.to_string()},
      {"rtt_ms", rounded_ms(reset.rtt)},
      {"reply_ttl", or_null(reset.ttl, number)},
      {"tcp_flags", flag_array(&reset)}};
}

Object rival_array(const model::ProbeRecord& record) {
  Object rivals = Object::array();
  for (const model::Rival& rival : record.rivals) {
    rivals.push_back(
        {{"from", rival.reply.from.to_string()},
         {"result", model::name(rival.reply.kind)},
         {"rtt_ms", rounded_ms(rival.reply.rtt)},
         {"disproved", rival.is_disproved}});
  }
  return rivals;
}

Object probe_object(const model::ProbeRecord& record, int attempt) {
  const model::Reply* reply = record.reply();
  const auto of_reply = [&](auto fact) {
    return reply != nullptr ? Object(fact(*reply)) : Object(nullptr);
  };
  const auto refusal = [](model::Refusal why) { return std::string{describe(why)}; };
  Object object = {
      {"attempt", attempt},
      {"result", result(record)},
      {"from", of_reply([](const model::Reply& r) { return r.from.to_string(); })},
      {"rtt_ms", of_reply([](const model::Reply& r) { return rounded_ms(r.rtt); })},
      {"reply_ttl", of_reply([](const model::Reply& r) { return or_null(r.ttl, number); })},
      {"quoted_ttl",
       of_reply([](const model::Reply& r) { return or_null(r.quoted_ttl(), number); })},
      {"icmp", json::icmp_object(reply)},
      {"tcp_flags", flag_array(reply)},
      {"mpls", mpls_array(reply)},
      {"interfaces", interface_array(reply)},
      {"rewritten", rewritten_array(reply)},
      {"waited_ms", waited(record)},
      {"late", record.is_late()},
      {"duplicates", record.duplicates},
      {"disproved", disproved_object(record)},
      {"refusal", or_null(record.refusal(), refusal)},
      {"id", record.probe.id.value()},
      {"role", role_name(record.probe.role)},
      {"ttl", record.probe.ttl.value()},
      {"source_port", record.probe.source_port.value()},
      {"overlapped", record.overlapped}};
  if (!record.rivals.empty()) {
    object["rivals"] = rival_array(record);
  }
  return object;
}

Object rtt_object(const std::vector<Duration>& rtts) {
  const auto convert = [](const model::RttSummary& summary) -> Object {
    return {
        {"min", rounded_ms(summary.min)},
        {"median", rounded_ms(summary.median)},
        {"max", rounded_ms(summary.max)}};
  };
  return or_null(model::summarise(rtts), convert);
}

Object responder_object(const model::Responder& responder, const NameCache& names) {
  const std::string* name = names.find(responder.address);
  return {
      {"address", responder.address.to_string()},
      {"name", name != nullptr ? Object(*name) : Object(nullptr)},
      {"count", responder.count},
      {"rtt_ms", rtt_object(responder.rtts)}};
}

Object hop_object(const model::Hop& hop, const NameCache& names) {
  Object responders = Object::array();
  for (const model::Responder& responder : hop.responders()) {
    responders.push_back(responder_object(responder, names));
  }
  Object probes = Object::array();
  int attempt = 0;
  for (const model::ProbeRecord* record : hop.probes) {
    const bool on_path = record->probe.role == model::ProbeRole::Hop;
    attempt = on_path ? record->probe.attempt : attempt + 1;
    probes.push_back(probe_object(*record, attempt));
  }
  return {
      {"ttl", hop.ttl.value()},
      {"responders", std::move(responders)},
      {"probes", std::move(probes)}};
}

/// Settled probes that belong to no row: beyond the target, directly to it, or lost and sent again.
Object other_probes(const model::Trace& trace, const std::vector<model::Hop>& rows) {
  std::set<ProbeId> shown;
  for (const model::Hop& row : rows) {
    for (const model::ProbeRecord* record : row.probes) {
      shown.insert(record->probe.id);
    }
  }
  Object others = Object::array();
  for (const model::ProbeRecord& record : trace.probes) {
    if (record.is_settled() && !shown.contains(record.probe.id)) {
      others.push_back(probe_object(record, record.probe.attempt));
    }
  }
  return others;
}

Object decision_object(const model::Trace& trace) {
  const model::ProbeRecord* record = model::deciding_probe(trace);
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply == nullptr) {
    return nullptr;
  }
  Object reason = nullptr;
  if (reply->kind == model::ReplyKind::Unreachable) {
    reason = text_or_null(std::string{
        wire::unreachable_code(reply->from.family(), reply->icmp_type, reply->icmp_code).name});
  }
  return {
      {"probe", record->probe.id.value()},
      {"from", reply->from.to_string()},
      {"result", name(reply->kind)},
      {"icmp", json::icmp_object(reply)},
      {"reason", std::move(reason)}};
}

Object wait_object(const std::optional<model::WaitRule>& wait) {
  if (!wait) {
    return nullptr;
  }
  const auto factor = [&](double model::WaitRule::Factors::* which) {
    return wait->factors ? Object(*wait->factors.*which) : Object(nullptr);
  };
  return {
      {"rule", wait->is_learnt() ? "learnt" : "stated"},
      {"max_ms", rounded_ms(wait->max)},
      {"here", factor(&model::WaitRule::Factors::here)},
      {"near", factor(&model::WaitRule::Factors::near)}};
}

Object settings_object(const model::Trace& trace) {
  return {
      {"first_ttl", trace.first_ttl},
      {"last_ttl", trace.last_ttl},
      {"queries", trace.queries},
      {"wait", wait_object(trace.wait)},
      {"packet_length", trace.packet_length}};
}

Object trace_object(const model::Trace& trace, const NameCache& names) {
  const auto rows = model::hops(trace);
  Object hops = Object::array();
  for (const model::Hop& row : rows) {
    hops.push_back(hop_object(row, names));
  }
  return {
      {"schema", "synroute.trace"},
      {"version", 1},
      {"target", json::target_object(trace.target)},
      {"source", json::source_object(trace.source)},
      {"method", name(trace.method)},
      {"settings", settings_object(trace)},
      {"started_at", json::timestamp(trace.started_at)},
      {"duration_ms", rounded_ms(trace.duration)},
      {"state", name(trace.verdict.state)},
      {"reached", trace.verdict.reached},
      {"distance", or_null(trace.verdict.distance, number)},
      {"stop_reason", name(trace.verdict.stop)},
      {"ecn", trace.verdict.ecn},
      {"decided_by", decision_object(trace)},
      {"hops", std::move(hops)},
      {"other_probes", other_probes(trace, rows)},
      {"findings", json::finding_array(trace.findings)},
      {"own_translations", json::own_translation_array(trace.own_translations)},
      {"counters", json::counter_object(trace.counters)}};
}

}  // namespace

std::string to_json(const model::Trace& trace, const NameCache& names) {
  return trace_object(trace, names).dump(-1, ' ', true, Object::error_handler_t::replace);
}

seam::Text Json::on(const model::Event& event) {
  if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
    names_.learn(known->address, known->name);
  } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    trace_ = finished->trace;
    const bool interrupted = trace_->verdict.stop == model::StopReason::Interrupted;
    due_ = event.at + (interrupted ? Duration{} : options_.name_wait);
  }
  return advance(event.at);
}

seam::Text Json::advance(Instant now) {
  if (!trace_ || done_ || (now < due_ && !has_all_names())) {
    return {};
  }
  done_ = true;
  return {.out = to_json(*trace_, names_) + '\n', .err = {}};
}

std::optional<Instant> Json::deadline() const {
  return trace_ && !done_ ? std::optional{due_} : std::nullopt;
}

bool Json::has_all_names() const {
  return !options_.names || std::ranges::all_of(model::hops(*trace_), [&](const model::Hop& row) {
    return std::ranges::all_of(row.responders(), [&](const model::Responder& responder) {
      return names_.is_settled(responder.address);
    });
  });
}

}  // namespace synroute::present
