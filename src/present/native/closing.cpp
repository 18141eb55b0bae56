// SPDX-License-Identifier: Apache-2.0
#include "present/native/closing.hpp"

#include "base/text.hpp"
#include "model/hop.hpp"
#include "wire/icmp_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

namespace synroute::present {
namespace {

using model::PortState;
using model::StopReason;

/// What the answer that decided gave as its reason; empty when it gave none.
std::string reason(const model::Trace& trace) {
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply == nullptr) {
    return {};
  }
  if (reply->is_tcp()) {
    return "reset on the way";
  }
  const auto code =
      wire::unreachable_code(reply->from.family(), reply->icmp_type, reply->icmp_code);
  const bool says_more = !code.name.empty() && code.name != name(trace.verdict.state);
  const std::string text = says_more
                               ? std::string{code.name}
                               : fmt::format("ICMP {}/{}", reply->icmp_type, reply->icmp_code);
  return reply->next_hop_mtu ? fmt::format("{}, MTU {}", text, *reply->next_hop_mtu) : text;
}

std::string address_text(const model::Target& target) {
  const std::string zone = target.zone.empty() ? "" : "%" + sanitise(target.zone);
  return target.address.to_string() + zone;
}

std::string port_text(const model::Target& target) {
  return fmt::format("{} port {}", address_text(target), target.port.value());
}

/// The last row that a router or the target answered.
const model::Hop* last_answering(const std::vector<model::Hop>& rows) {
  const auto reversed = rows | std::views::reverse;
  const auto last = std::ranges::find_if_not(reversed, &model::Hop::is_silent);
  return last != reversed.end() ? &*last : nullptr;
}

std::string hop_count(int hops) {
  return fmt::format("{} {}", hops, hops == 1 ? "hop" : "hops");
}

std::string hop_text(const model::Hop& row) {
  return fmt::format("{}, {}", row.ttl.value(), row.responders().front().address.to_string());
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

/// ", 12.2 ms": the quickest segment of the target, which had the least queueing in it.
std::string quickest(const model::Trace& trace) {
  std::optional<Duration> best;
  for (const model::ProbeRecord& record : trace.probes) {
    const model::Reply* reply = record.reply();
    if (reply != nullptr && reply->is_tcp() && !record.is_late()) {
      best = std::min(best.value_or(reply->rtt), reply->rtt);
    }
  }
  return best ? fmt::format(", {} ms", milliseconds_text(*best)) : "";
}

/// "…, 5 hops away, 12.2 ms", or what is known instead of the distance.
std::string how_far(const model::Trace& trace) {
  if (trace.verdict.distance) {
    return fmt::format(", {} away{}", hop_count(trace.verdict.distance->value()), quickest(trace));
  }
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  const std::string known =
      last != nullptr ? "the last hop that answers is " + hop_text(*last) : "no hop answers";
  return fmt::format("{}, distance unknown: {}", quickest(trace), known);
}

std::string by_target(const model::Trace& trace, std::string_view does) {
  return fmt::format(
      "{}: {} {} port {}{}",
      state_text(trace),
      address_text(trace.target),
      does,
      trace.target.port.value(),
      how_far(trace));
}

/// Did a probe that could not run out of hops stay without an answer?
bool full_ttl_was_lost(const model::Trace& trace) {
  return std::ranges::any_of(trace.probes, [](const model::ProbeRecord& record) {
    return record.probe.role != model::ProbeRole::Hop
           && std::holds_alternative<model::Lost>(record.state);
  });
}

std::string by_silence(const model::Trace& trace) {
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  const std::string nothing = "filtered: no answer from " + port_text(trace.target);
  if (last == nullptr) {
    return nothing + ", nor from any hop";
  }
  const bool exhausted = trace.verdict.stop == StopReason::MaxTtl;
  if (exhausted && last == &rows.back() && !full_ttl_was_lost(trace)) {
    return fmt::format(
        "{} within {}, and the path goes on beyond {}",
        nothing,
        hop_count(trace.last_ttl),
        hop_text(*last));
  }
  const std::string within = exhausted ? " within " + hop_count(trace.last_ttl) : "";
  return fmt::format("{}{}; the last hop that answers is {}", nothing, within, hop_text(*last));
}

/// "198.51.100.7, hop 5", "203.0.113.80 itself, hop 6" or "this host, 192.0.2.7".
std::string who_says_so(const model::Trace& trace, const IpAddress& from) {
  if (from == trace.source.address) {
    return "this host, " + from.to_string();
  }
  const bool itself = from == trace.target.address;
  const auto hop = row_of(model::hops(trace), from);
  return fmt::format(
      "{}{}{}",
      itself ? address_text(trace.target) : from.to_string(),
      itself ? " itself" : "",
      hop ? fmt::format(", hop {}", *hop) : "");
}

std::string by_icmp(const model::Trace& trace, const IpAddress& from) {
  const bool rejected = trace.verdict.state == PortState::Rejected;
  const std::string port = port_text(trace.target);
  std::string consequence = "packets do not get through to " + address_text(trace.target);
  if (from == trace.target.address) {
    consequence = fmt::format("it takes no connections to port {}", trace.target.port.value());
  } else if (rejected) {
    consequence = "connections to " + port + " are not let through";
  }
  return fmt::format("{} by {}: {}", state_text(trace), who_says_so(trace, from), consequence);
}

/// Where the finding says that resets are forged.
std::string where_forged(const model::Trace& trace) {
  const auto found = std::ranges::find(trace.findings, "forged_resets", &model::Finding::kind);
  if (found == trace.findings.end()) {
    return "on the way";
  }
  return found->first_hop < found->last_hop
             ? fmt::format(
                   "between hops {} and {}", found->first_hop.value(), found->last_hop.value())
             : fmt::format("before hop {}", found->last_hop.value());
}

/// Resets in the name of the target decided that are not the target's.
std::string by_forger(const model::Trace& trace) {
  const std::string_view target = trace.verdict.reached
                                      ? "the target itself accepts them"
                                      : "whether the target answers cannot be told from that";
  return fmt::format(
      "{}: somebody {} resets connections to {}; {}{}",
      state_text(trace),
      where_forged(trace),
      port_text(trace.target),
      target,
      how_far(trace));
}

std::string found_out(const model::Trace& trace) {
  const model::Reply* reply = model::deciding_reply(trace);
  if (reply != nullptr && !reply->is_tcp()) {
    return by_icmp(trace, reply->from);
  }
  switch (trace.verdict.state) {
    case PortState::Open:
      return by_target(trace, "accepts connections on")
             + (trace.verdict.ecn ? "; it agrees to ECN" : "");
    case PortState::Closed: return by_target(trace, "refuses connections on");
    case PortState::Filtered:
      return trace.verdict.reached
                 ? by_target(trace, "answers, but neither accepts nor refuses connections on")
                 : by_silence(trace);
    case PortState::Rejected: return by_forger(trace);
    case PortState::Unreachable: return "unreachable: no way to " + port_text(trace.target);
  }
  std::unreachable();
}

std::string interrupted(const model::Trace& trace) {
  if (trace.verdict.decided_by) {
    return "interrupted; " + found_out(trace);
  }
  const auto rows = model::hops(trace);
  const model::Hop* last = last_answering(rows);
  const std::string so_far = last != nullptr
                                 ? "the last hop that answered so far is " + hop_text(*last)
                                 : "no hop has answered so far";
  return fmt::format("interrupted: no answer yet from {}; {}", port_text(trace.target), so_far);
}

std::map<model::Refusal, int> refusals(const model::Trace& trace) {
  std::map<model::Refusal, int> counts;
  for (const model::ProbeRecord& record : trace.probes) {
    if (const auto refusal = record.refusal()) {
      ++counts[*refusal];
    }
  }
  return counts;
}

std::string refused(const model::Trace& trace) {
  std::string why;
  for (const auto& [refusal, count] : refusals(trace)) {
    why += fmt::format("{}{}", why.empty() ? ": " : ", ", explain(refusal));
  }
  return fmt::format(
      "not sent: this host lets no packet to {} out{}", port_text(trace.target), why);
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
    case StopReason::Interrupted: return interrupted(trace);
    case StopReason::Refused: return refused(trace);
    case StopReason::TargetAnswered:
    case StopReason::Unreachable:
    case StopReason::GapLimit:
    case StopReason::MaxTtl: return found_out(trace);
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

std::vector<std::string> own_losses(const model::Trace& trace) {
  std::vector<std::string> lines;
  if (trace.verdict.stop != StopReason::Refused) {
    for (const auto& [refusal, count] : refusals(trace)) {
      lines.push_back(fmt::format(
          "did not send {} {}: {}", count, count == 1 ? "probe" : "probes", describe(refusal)));
    }
  }
  if (const auto dropped = trace.counters.dropped_by_socket; dropped > 0) {
    lines.push_back(fmt::format(
        "had no room for {} received {}: some silence above may be its own",
        dropped,
        dropped == 1 ? "packet" : "packets"));
  }
  return lines;
}

}  // namespace synroute::present
