// SPDX-License-Identifier: Apache-2.0
#include "present/native/closing.hpp"

#include "model/hop.hpp"
#include "model/reply_meaning.hpp"
#include "model/routing_loop.hpp"
#include "model/waited.hpp"
#include "present/native/not_sent_text.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

namespace synroute::present {
namespace {

using model::PortState;
using model::StopReason;

/// What the deciding answer gives as its reason; empty without one.
std::string reason(const model::Trace& trace) {
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply == nullptr) {
    return {};
  }
  if (reply->is_tcp()) {
    return "forged reset";
  }
  const std::string text = unreachable_reason(*reply);
  return reply->next_hop_mtu ? fmt::format("{}, MTU {}", text, *reply->next_hop_mtu) : text;
}

/// The last row with an answer; null without one.
const model::Hop* last_answering(const std::vector<model::Hop>& rows) {
  const auto reversed = rows | std::views::reverse;
  const auto last = std::ranges::find_if_not(reversed, &model::Hop::is_silent);
  return last != reversed.end() ? &*last : nullptr;
}

std::string hop_count(int hops) {
  return fmt::format("{} {}", hops, hops == 1 ? "hop" : "hops");
}

/// "4 (198.51.100.7)".
std::string hop_text(const model::Hop& row) {
  return fmt::format("{} ({})", row.ttl.value(), row.responders().front().address.to_string());
}

std::string last_hop_text(const model::Trace& trace) {
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  return last != nullptr ? "last answering hop: " + hop_text(*last) : "no hop answers";
}

/// The first row on which an address answered.
std::optional<int> row_of(const std::vector<model::Hop>& rows, const IpAddress& address) {
  const auto answers = [&](const model::Hop& row) {
    const auto responders = row.responders();
    return std::ranges::find(responders, address, &model::Responder::address) != responders.end();
  };
  const auto row = std::ranges::find_if(rows, answers);
  return row != rows.end() ? std::optional<int>{row->ttl.value()} : std::nullopt;
}

/// The distance of a target that rejects; where it is not known, the first row of its errors.
std::optional<int> row_of_rejection(const model::Trace& trace) {
  if (trace.verdict.distance) {
    return trace.verdict.distance->value();
  }
  const auto rows = model::hops(trace);
  const auto row = std::ranges::find_if(rows, [&](const model::Hop& each) {
    return std::ranges::any_of(each.probes, [&](const model::ProbeRecord* record) {
      const model::Reply* reply = record->reply();
      return reply != nullptr && reply->kind == model::ReplyKind::Unreachable
             && reply->from == trace.target.address;
    });
  });
  return row != rows.end() ? std::optional<int>{row->ttl.value()} : std::nullopt;
}

/// ", 12.2 ms": the smallest RTT of the target, which contains the least queueing.
std::string smallest_rtt_text(const model::Trace& trace) {
  std::optional<Duration> smallest;
  for (const model::ProbeRecord& record : trace.probes) {
    const model::Reply* reply = record.reply();
    if (reply != nullptr && reply->is_tcp() && !record.is_late()) {
      smallest = std::min(smallest.value_or(reply->rtt), reply->rtt);
    }
  }
  return smallest ? fmt::format(", {} ms", milliseconds_text(*smallest)) : "";
}

/// The rows are not those of one path.
bool shows_no_path(const model::Trace& trace) {
  using enum model::FindingKind;
  return has_finding(trace, OwnTtl) || has_finding(trace, OwnNatBalances)
         || has_finding(trace, TtlRewritten);
}

/// ", 5 hops away, 12.2 ms", or the last answering hop when the distance is unknown.
std::string distance_text(const model::Trace& trace) {
  if (trace.verdict.distance) {
    return fmt::format(
        ", {} away{}", hop_count(trace.verdict.distance->value()), smallest_rtt_text(trace));
  }
  if (shows_no_path(trace)) {
    return smallest_rtt_text(trace) + ", distance unknown";
  }
  return fmt::format("{}, distance unknown; {}", smallest_rtt_text(trace), last_hop_text(trace));
}

std::string target_sentence(const model::Trace& trace, std::string_view does) {
  return fmt::format(
      "{}: {} {} port {}{}",
      state_text(trace),
      address_text(trace.target),
      does,
      trace.target.port.value(),
      distance_text(trace));
}

/// Whether a probe that could not expire on the path was lost.
bool full_ttl_was_lost(const model::Trace& trace) {
  return std::ranges::any_of(trace.probes, [](const model::ProbeRecord& record) {
    return record.probe.role != model::ProbeRole::Hop && record.is_lost();
  });
}

/// The user's wait was too short for a report that the host is down. Nothing else is missing when
/// no probe went beyond the last answering hop.
std::string short_wait_text(
    const model::Trace& trace, const model::Hop& last, const model::Hop& end) {
  const bool is_short =
      trace.wait && !trace.wait->is_learnt() && trace.wait->max < model::kHostUnreachableAfter;
  return is_short && last.ttl < end.ttl
             ? fmt::format(
                   "; a router reports a host that is down after 3.1 s, and the wait was {}",
                   model::wait_text(trace.wait->max))
             : "";
}

/// What silence cannot tell, by the flags of the probes; empty for a SYN.
std::string silence_remark(const model::Trace& trace) {
  if (trace.verdict.state != PortState::OpenOrFiltered) {
    return {};
  }
  return trace.probes.front().probe.flags.has(wire::TcpFlag::Rst)
             ? "; no port answers a reset, so it may also be closed"
             : "; an open port may leave these probes unanswered";
}

std::string silence_sentence(const model::Trace& trace) {
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  const std::string nothing = state_text(trace) + ": no answer from " + port_text(trace.target);
  if (last == nullptr) {
    return nothing + " or any hop";
  }
  const bool exhausted = trace.verdict.stop == StopReason::MaxTtl;
  const std::string within = exhausted ? " within " + hop_count(trace.last_ttl) : "";
  if (const auto loop = model::find_routing_loop(rows)) {
    return fmt::format("{}{}; routing loop from hop {} on", nothing, within, loop->first.value());
  }
  if (exhausted && shows_no_path(trace)) {
    return nothing + within;
  }
  if (exhausted && last == &rows.back() && !full_ttl_was_lost(trace)) {
    return fmt::format("{}{}; the path continues beyond hop {}", nothing, within, hop_text(*last));
  }
  return fmt::format(
      "{}{}; {}{}",
      nothing,
      within,
      last_hop_text(trace),
      short_wait_text(trace, *last, rows.back()));
}

std::string no_answer_sentence(const model::Trace& trace) {
  return silence_sentence(trace) + silence_remark(trace);
}

/// What a reset says, by the flags of the probe it answers.
std::string reset_sentence(const model::Trace& trace) {
  const model::ProbeRecord* record = model::deciding_probe(trace);
  if (trace.verdict.state == PortState::Unfiltered) {
    return target_sentence(trace, "resets these probes to") + "; an open port may do so too";
  }
  if (model::has_finding(trace, model::FindingKind::ResetIgnored)) {
    return target_sentence(trace, "answers with resets that connections ignore on");
  }
  const bool is_syn = record == nullptr || record->probe.flags.has(wire::TcpFlag::Syn);
  return is_syn ? target_sentence(trace, "refuses connections on")
                : target_sentence(trace, "resets these probes to")
                      + "; some systems do so for open ports too";
}

/// "hop 5 (198.51.100.7)", "the target (hop 6)" or "this host (192.0.2.7)".
std::string sender_text(const model::Trace& trace, const IpAddress& from) {
  if (from == trace.source.address) {
    return fmt::format("this host ({})", from.to_string());
  }
  if (from == trace.target.address) {  // it may also have reported on an earlier row
    const auto distance = row_of_rejection(trace);
    return distance ? fmt::format("the target (hop {})", *distance) : "the target";
  }
  const auto hop = row_of(model::hops(trace), from);
  return hop ? fmt::format("hop {} ({})", *hop, from.to_string()) : from.to_string();
}

std::string icmp_sentence(const model::Trace& trace, const IpAddress& from) {
  std::string consequence =
      fmt::format("packets to {} are not delivered", address_text(trace.target));
  if (from == trace.target.address) {
    consequence = fmt::format(
        "{} accepts no connections on port {}",
        address_text(trace.target),
        trace.target.port.value());
  } else if (trace.verdict.state == PortState::Rejected) {
    consequence = fmt::format("connections to {} are blocked", port_text(trace.target));
  }
  return fmt::format("{} by {}: {}", state_text(trace), sender_text(trace, from), consequence);
}

/// Between which hops resets are forged, as far as a finding says so.
std::string forger_position(const model::Trace& trace) {
  const auto found =
      std::ranges::find(trace.findings, model::FindingKind::ForgedResets, &model::Finding::kind);
  if (found == trace.findings.end()) {
    return "on the path";
  }
  return found->first_hop < found->last_hop
             ? fmt::format(
                   "between hops {} and {}", found->first_hop.value(), found->last_hop.value())
             : fmt::format("before hop {}", found->last_hop.value());
}

std::string forged_reset_sentence(const model::Trace& trace) {
  const std::string fact = fmt::format(
      "{}: a middlebox {} resets connections to {}",
      state_text(trace),
      forger_position(trace),
      port_text(trace.target));
  return trace.verdict.reached
             ? fmt::format("{}; the target itself accepts them{}", fact, distance_text(trace))
             : fmt::format(
                   "{}; the target's own answer is unknown; {}", fact, last_hop_text(trace));
}

/// What this host does with the answers of the target, where connections never see them.
std::string own_drop_text(const model::Trace& trace) {
  const bool drops = model::has_finding(trace, model::FindingKind::OwnHostDropsAnswer);
  return drops ? "; this host drops its answers" : "";
}

/// A host that has sent a SYN|ACK answers further SYNs of the same ports so (RFC 9293 §3.10.7.4).
std::string bare_ack_text(const model::Trace& trace) {
  const bool heard = std::ranges::any_of(trace.probes, [](const model::ProbeRecord& record) {
    return record.probe.flags == wire::TcpFlag::Syn && record.reply() != nullptr
           && record.reply()->kind == model::ReplyKind::Ack;
  });
  return heard
             ? "; it sends a bare ACK, as after a SYN|ACK: that may be lost on the way back, or dropped by this host before its firewall"
             : "";
}

std::string verdict_sentence(const model::Trace& trace) {
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply != nullptr && !reply->is_tcp()) {
    return icmp_sentence(trace, reply->from);
  }
  switch (trace.verdict.state) {
    case PortState::Open:
      return target_sentence(trace, "accepts connections on")
             + (trace.verdict.ecn ? "; it supports ECN" : "") + own_drop_text(trace);
    case PortState::Closed:
    case PortState::Unfiltered: return reset_sentence(trace) + own_drop_text(trace);
    case PortState::OpenOrFiltered:
    case PortState::Filtered:
      return trace.verdict.reached
                 ? target_sentence(trace, "answers, but neither accepts nor refuses connections on")
                       + bare_ack_text(trace)
                 : no_answer_sentence(trace);
    case PortState::Rejected: return forged_reset_sentence(trace);
    case PortState::Unreachable: return "unreachable: no route to " + port_text(trace.target);
    case PortState::NotTested:
      return fmt::format(
          "not tested: this host sent no probe that could reach {}; {}",
          port_text(trace.target),
          last_hop_text(trace));
  }
  std::unreachable();
}

std::string interrupted_sentence(const model::Trace& trace) {
  if (trace.verdict.decided_by) {
    return "interrupted; " + verdict_sentence(trace);
  }
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  return fmt::format(
      "interrupted: no answer yet from {}; {}",
      port_text(trace.target),
      last != nullptr ? "last answering hop so far: " + hop_text(*last)
                      : "no hop has answered yet");
}

}  // namespace

std::string state_text(const model::Trace& trace) {
  const std::string state{name(trace.verdict.state)};
  const bool has_reason =
      trace.verdict.state == PortState::Rejected || trace.verdict.state == PortState::Unreachable;
  const std::string why = has_reason ? reason(trace) : "";
  return why.empty() ? state : fmt::format("{} ({})", state, why);
}

std::string closing_sentence(const model::Trace& trace) {
  switch (trace.verdict.stop) {
    case StopReason::Interrupted: return interrupted_sentence(trace);
    case StopReason::Refused: return not_sent_sentence(trace);
    case StopReason::TargetAnswered:
    case StopReason::Unreachable:
    case StopReason::GapLimit:
    case StopReason::MaxTtl: return verdict_sentence(trace);
  }
  std::unreachable();
}

std::string milliseconds_text(Duration length) {
  using std::chrono::nanoseconds;
  int decimals = 1;
  for (Duration least = nanoseconds{95'000}; length < least && decimals < 3; least /= 10) {
    ++decimals;
  }
  return fmt::format("{:.{}f}", milliseconds(length), decimals);
}

std::vector<std::string> local_losses(const model::Trace& trace) {
  std::vector<std::string> lines;
  if (trace.verdict.stop != StopReason::Refused) {
    for (const auto& [refusal, probes] : refused_probes(trace)) {
      lines.push_back(not_sent_text(refusal, probes.size()));
    }
  }
  if (const auto dropped = trace.counters.dropped_by_socket; dropped > 0) {
    lines.push_back(fmt::format(
        "lost {} received {} to a full buffer: probes shown without an answer may have been answered",
        dropped,
        dropped == 1 ? "packet" : "packets"));
  }
  if (const auto dropped = trace.counters.dropped_by_queue; dropped > 0) {
    lines.push_back(fmt::format(
        "the queue of {} dropped {} {} of this host meanwhile: probes shown without an answer may be among them",
        trace.source.interface,
        dropped,
        dropped == 1 ? "packet" : "packets"));
  }
  return lines;
}

}  // namespace synroute::present
