// SPDX-License-Identifier: Apache-2.0
#include "present/json/json.hpp"

#include "model/hop.hpp"
#include "present/json/json_parts.hpp"
#include "wire/icmp_names.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace synroute::present {
namespace {

using json::text_or_null;
using json::Writer;

std::string_view result(const model::ProbeRecord& record) {
  if (const model::Reply* reply = record.reply()) {
    return name(reply->kind);
  }
  return record.refusal() ? "refused" : "timeout";
}

/// How long a lost probe was waited for.
std::optional<Duration> waited(const model::ProbeRecord& record) {
  const auto* lost = std::get_if<model::Lost>(&record.state);
  return lost != nullptr ? lost->waited : std::nullopt;
}

void write_flags(Writer& to, const model::Reply* reply) {
  to.array([&] {
    if (reply != nullptr && reply->is_tcp()) {
      for (const std::string_view flag : wire::names(reply->flags)) {
        to.value(flag);
      }
    }
  });
}

void write_mpls(Writer& to, const model::Reply* reply) {
  to.array([&] {
    if (reply == nullptr) {
      return;
    }
    for (const wire::MplsLabel& label : reply->extensions.mpls) {
      to.object([&] {
        to.member("label", label.label);
        to.member("tc", label.traffic_class);
        to.member("s", label.bottom ? 1 : 0);
        to.member("ttl", label.ttl);
      });
    }
  });
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
void write_interfaces(Writer& to, const model::Reply* reply) {
  to.array([&] {
    if (reply == nullptr) {
      return;
    }
    for (const wire::InterfaceInfo& info : reply->extensions.interfaces) {
      to.object([&] {
        to.member("role", role_name(info.role));
        to.member("index", info.index);
        to.member("address", info.address);
        to.member("name", info.name);
        to.member("mtu", info.mtu);
      });
    }
  });
}

/// The fields of the probe that the answer shows rewritten.
void write_rewritten(Writer& to, const model::Reply* reply) {
  to.array([&] {
    if (reply == nullptr) {
      return;
    }
    const model::MatchGrade& grade = reply->grade;
    const auto add = [&](bool changed, std::string_view key) {
      if (changed) {
        to.value(key);
      }
    };
    add(grade.source_rewritten, "source");
    add(grade.destination_rewritten, "destination");
    add(grade.ports_rewritten, "ports");
    add(grade.sequence_rewritten, "sequence");
    add(grade.ip_id != model::IdGrade::Unknown && grade.ip_id != model::IdGrade::Same, "ip_id");
  });
}

std::string_view role_name(model::ProbeRole role) {
  switch (role) {
    case model::ProbeRole::Hop: return "hop";
    case model::ProbeRole::Direct: return "direct";
    case model::ProbeRole::Confirm: return "confirm";
  }
  std::unreachable();
}

void write_disproved(Writer& to, const model::ProbeRecord& record) {
  if (record.disproved.empty()) {
    to.value(nullptr);
    return;
  }
  const model::Reply& reset = record.disproved.front();
  to.object([&] {
    to.member("from", reset.from);
    to.member("rtt_ms", reset.rtt);
    to.member("reply_ttl", reset.ttl);
    to.member("tcp_flags", [&] { write_flags(to, &reset); });
  });
}

void write_rivals(Writer& to, const model::ProbeRecord& record) {
  to.array([&] {
    for (const model::Rival& rival : record.rivals) {
      to.object([&] {
        to.member("from", rival.reply.from);
        to.member("result", model::name(rival.reply.kind));
        to.member("rtt_ms", rival.reply.rtt);
        to.member("disproved", rival.is_disproved);
      });
    }
  });
}

void write_probe(Writer& to, const model::ProbeRecord& record, int attempt) {
  const model::Reply* reply = record.reply();
  const auto refusal = record.refusal();
  to.object([&] {
    to.member("attempt", attempt);
    to.member("result", result(record));
    to.member("from", reply != nullptr ? std::optional{reply->from} : std::nullopt);
    to.member("rtt_ms", reply != nullptr ? std::optional{reply->rtt} : std::nullopt);
    to.member("reply_ttl", reply != nullptr ? reply->ttl : std::nullopt);
    to.member("quoted_ttl", reply != nullptr ? reply->quoted_ttl() : std::nullopt);
    to.member("icmp", [&] { json::write_icmp(to, reply); });
    to.member("tcp_flags", [&] { write_flags(to, reply); });
    to.member("mpls", [&] { write_mpls(to, reply); });
    to.member("interfaces", [&] { write_interfaces(to, reply); });
    to.member("rewritten", [&] { write_rewritten(to, reply); });
    to.member("waited_ms", waited(record));
    to.member("late", record.is_late());
    to.member("duplicates", record.duplicates);
    to.member("disproved", [&] { write_disproved(to, record); });
    to.member("refusal", refusal ? std::optional{describe(*refusal)} : std::nullopt);
    to.member("id", record.probe.id);
    to.member("role", role_name(record.probe.role));
    to.member("ttl", record.probe.ttl);
    to.member("source_port", record.probe.source_port);
    to.member("overlapped", record.overlapped);
    if (!record.rivals.empty()) {
      to.member("rivals", [&] { write_rivals(to, record); });
    }
  });
}

void write_rtts(Writer& to, const std::vector<Duration>& rtts) {
  const auto summary = model::summarise(rtts);
  if (!summary) {
    to.value(nullptr);
    return;
  }
  to.object([&] {
    to.member("min", summary->min);
    to.member("median", summary->median);
    to.member("max", summary->max);
  });
}

void write_responder(Writer& to, const model::Responder& responder, const NameCache& names) {
  const std::string* name = names.find(responder.address);
  to.object([&] {
    to.member("address", responder.address);
    to.member("name", name != nullptr ? std::optional<std::string_view>{*name} : std::nullopt);
    to.member("count", responder.count);
    to.member("rtt_ms", [&] { write_rtts(to, responder.rtts); });
  });
}

void write_probes_of(Writer& to, const model::Hop& hop) {
  to.array([&] {
    int attempt = 0;
    for (const model::ProbeRecord* record : hop.probes) {
      const bool on_path = record->probe.role == model::ProbeRole::Hop;
      attempt = on_path ? record->probe.attempt : attempt + 1;
      write_probe(to, *record, attempt);
    }
  });
}

void write_hops(Writer& to, const std::vector<model::Hop>& rows, const NameCache& names) {
  to.array([&] {
    for (const model::Hop& hop : rows) {
      to.object([&] {
        to.member("ttl", hop.ttl);
        to.member("responders", [&] {
          to.array([&] {
            for (const model::Responder& responder : hop.responders()) {
              write_responder(to, responder, names);
            }
          });
        });
        to.member("probes", [&] { write_probes_of(to, hop); });
      });
    }
  });
}

/// Settled probes that belong to no row: beyond the target, directly to it, or lost and sent again.
void write_other_probes(
    Writer& to, const model::Trace& trace, const std::vector<model::Hop>& rows) {
  const auto index_of = [&](const model::ProbeRecord& record) {
    return static_cast<std::size_t>(&record - trace.probes.data());
  };
  std::vector<bool> shown(trace.probes.size());
  for (const model::Hop& row : rows) {
    for (const model::ProbeRecord* record : row.probes) {
      shown[index_of(*record)] = true;
    }
  }
  to.array([&] {
    for (const model::ProbeRecord& record : trace.probes) {
      if (record.is_settled() && !shown[index_of(record)]) {
        write_probe(to, record, record.probe.attempt);
      }
    }
  });
}

void write_decision(Writer& to, const model::Trace& trace) {
  const model::ProbeRecord* record = model::deciding_probe(trace);
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply == nullptr) {
    to.value(nullptr);
    return;
  }
  std::string_view reason;
  if (reply->kind == model::ReplyKind::Unreachable) {
    reason = wire::unreachable_code(reply->from.family(), reply->icmp_type, reply->icmp_code).name;
  }
  to.object([&] {
    to.member("probe", record->probe.id);
    to.member("from", reply->from);
    to.member("result", name(reply->kind));
    to.member("icmp", [&] { json::write_icmp(to, reply); });
    to.member("reason", text_or_null(reason));
  });
}

void write_wait(Writer& to, const std::optional<model::WaitRule>& wait) {
  if (!wait) {
    to.value(nullptr);
    return;
  }
  const auto factor = [&](double model::WaitRule::Factors::* which) {
    return wait->factors ? std::optional{*wait->factors.*which} : std::nullopt;
  };
  to.object([&] {
    to.member("rule", wait->is_learnt() ? "learnt" : "stated");
    to.member("max_ms", wait->max);
    to.member("here", factor(&model::WaitRule::Factors::here));
    to.member("near", factor(&model::WaitRule::Factors::near));
  });
}

void write_settings(Writer& to, const model::Trace& trace) {
  to.object([&] {
    to.member("first_ttl", trace.first_ttl);
    to.member("last_ttl", trace.last_ttl);
    to.member("queries", trace.queries);
    to.member("wait", [&] { write_wait(to, trace.wait); });
    to.member("packet_length", trace.packet_length);
  });
}

void write_trace(Writer& to, const model::Trace& trace, const NameCache& names) {
  const auto rows = model::hops(trace);
  to.object([&] {
    to.member("schema", "synroute.trace");
    to.member("version", 1);
    to.member("target", [&] { json::write_target(to, trace.target); });
    to.member("source", [&] { json::write_source(to, trace.source); });
    to.member("method", name(trace.method));
    to.member("settings", [&] { write_settings(to, trace); });
    to.member("started_at", json::timestamp(trace.started_at));
    to.member("duration_ms", trace.duration);
    to.member("state", name(trace.verdict.state));
    to.member("reached", trace.verdict.reached);
    to.member("distance", trace.verdict.distance);
    to.member("stop_reason", name(trace.verdict.stop));
    to.member("ecn", trace.verdict.ecn);
    to.member("decided_by", [&] { write_decision(to, trace); });
    to.member("hops", [&] { write_hops(to, rows, names); });
    to.member("other_probes", [&] { write_other_probes(to, trace, rows); });
    to.member("findings", [&] { json::write_findings(to, trace.findings); });
    to.member(
        "own_translations", [&] { json::write_own_translations(to, trace.own_translations); });
    to.member("counters", [&] { json::write_counters(to, trace.counters); });
  });
}

}  // namespace

std::string to_json(const model::Trace& trace, const NameCache& names) {
  Writer writer;
  write_trace(writer, trace, names);
  return writer.take();
}

seam::Text Json::on(const model::Event& event) {
  if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
    names_.learn(known->address, known->name);
  } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    const bool interrupted = finished->trace.verdict.stop == model::StopReason::Interrupted;
    due_ = event.at + (interrupted ? Duration{} : options_.name_wait);
    if (may_write(finished->trace, event.at)) {
      return write(finished->trace);
    }
    trace_ = finished->trace;
  }
  return advance(event.at);
}

seam::Text Json::advance(Instant now) {
  return trace_ && !done_ && may_write(*trace_, now) ? write(*trace_) : seam::Text{};
}

seam::Text Json::write(const model::Trace& trace) {
  done_ = true;
  return {.out = to_json(trace, names_) + '\n', .err = {}};
}

std::optional<Instant> Json::deadline() const {
  return trace_ && !done_ ? std::optional{due_} : std::nullopt;
}

bool Json::may_write(const model::Trace& trace, Instant now) const {
  return now >= due_ || has_all_names(trace);
}

bool Json::has_all_names(const model::Trace& trace) const {
  return !options_.names || std::ranges::all_of(model::hops(trace), [&](const model::Hop& row) {
    return std::ranges::all_of(row.responders(), [&](const model::Responder& responder) {
      return names_.is_settled(responder.address);
    });
  });
}

}  // namespace synroute::present
