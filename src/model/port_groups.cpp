// SPDX-License-Identifier: Apache-2.0
#include "model/port_groups.hpp"

#include "wire/icmp_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace synroute::model {
namespace {

using Kind = PortGroup::Kind;

bool target_answers(const PortResult& result) {
  return result.state == PortState::Open || result.state == PortState::Closed;
}

/// The distance of the host: the farthest hop from which it answers on any port.
std::optional<Ttl> distance(const Trace& trace) {
  std::optional<Ttl> farthest;
  for (const PortResult& result : trace.ports) {
    if (target_answers(result) && result.fate && result.fate->first_stopped) {
      farthest = std::max(farthest.value_or(Ttl{0}), *result.fate->first_stopped);
    }
  }
  return farthest;
}

const Reply* deciding_reply(const Trace& trace, std::optional<ProbeId> probe) {
  return probe && probe->value() < trace.probes.size() ? trace.probes[probe->value()].reply()
                                                       : nullptr;
}

Kind kind_of(const PortResult& result, std::optional<Ttl> host) {
  if (target_answers(result)) {
    const bool nearer = host && result.fate && result.fate->first_stopped < host;
    return nearer ? Kind::Nearer : Kind::Reaches;
  }
  return result.state == PortState::Filtered ? Kind::Dropped : Kind::Refused;
}

/// What makes two ports of a scan alike.
using Likeness =
    std::tuple<Kind, PortState, int, int, std::string, int>;  // passed, stopped, who refused, code

Likeness likeness(const Trace& trace, const PortResult& result, std::optional<Ttl> host) {
  const Kind kind = kind_of(result, host);
  const int passed = result.fate ? result.fate->last_passed.value() : -1;
  const int stopped =
      result.fate && result.fate->first_stopped ? result.fate->first_stopped->value() : -1;
  std::string who;
  int code = 0;
  if (const Reply* reply = deciding_reply(trace, result.decided_by);
      kind == Kind::Refused && reply != nullptr) {
    who = reply->from.to_string();
    code = reply->icmp_type << 8 | reply->icmp_code;
  }
  return {kind, result.state, passed, stopped, who, code};
}

std::string hop_text(const Fate& fate) {
  return fate.last_passed_by
             ? fmt::format(
                   "hop {} ({})", fate.last_passed.value(), fate.last_passed_by->to_string())
             : fmt::format("hop {}", fate.last_passed.value());
}

std::string reaches_text(const PortGroup& group) {
  const std::string state{name(group.state)};
  if (!group.fate || !group.fate->first_stopped) {
    return state + ": the host answers";
  }
  const int hops = group.fate->first_stopped->value();
  return fmt::format("{}: reach the host ({} {})", state, hops, hops == 1 ? "hop" : "hops");
}

std::string nearer_text(const PortGroup& group, std::optional<Ttl> host) {
  if (!host || !group.fate || !group.fate->first_stopped) {
    return reaches_text(group);
  }
  const int at = group.fate->first_stopped->value();
  const int before = host->value() - at;
  // A firewall resets what it would have forwarded, which its own hop count still let pass.
  const bool reset = group.state == PortState::Closed && group.fate->last_passed.value() > 0;
  return fmt::format(
      "{}: {} {}, {} {} before the others: something answers for the host",
      name(group.state),
      reset ? "reset after" : "answered at",
      reset ? hop_text(*group.fate) : fmt::format("hop {}", at),
      before,
      before == 1 ? "hop" : "hops");
}

std::string dropped_text(const PortGroup& group, std::optional<Ttl> host) {
  if (!group.fate) {
    return "filtered: no answer";
  }
  const std::string assumed =
      group.fate->assumed ? ", for some only assumed from their neighbours" : "";
  if (group.fate->last_passed.value() == 0) {
    return (host == Ttl{1} ? "dropped at the host (1 hop), or right before it"
                           : "dropped before the first hop that reports")
           + assumed;
  }
  return fmt::format("dropped after {}{}", hop_text(*group.fate), assumed);
}

std::string refused_text(const Trace& trace, const PortGroup& group) {
  const Reply* reply = deciding_reply(trace, group.decided_by);
  const bool rejected = group.state == PortState::Rejected;
  const std::string_view verb = rejected ? "rejected" : "unreachable";
  if (reply == nullptr) {
    return std::string{verb};
  }
  const auto code =
      wire::unreachable_code(reply->from.family(), reply->icmp_type, reply->icmp_code);
  const std::string what =
      code.name.empty() ? fmt::format("code {}", reply->icmp_code) : std::string{code.name};
  const std::string who =
      reply->from == trace.target.address ? "the host" : reply->from.to_string();
  const bool at_hop = group.fate && group.fate->last_passed_by == reply->from;
  return at_hop ? fmt::format(
                      "{} by hop {} ({}), {}", verb, group.fate->last_passed.value(), who, what)
                : fmt::format("{} by {}, {}", verb, who, what);
}

std::string sentence(const Trace& trace, const PortGroup& group, std::optional<Ttl> host) {
  switch (group.kind) {
    case Kind::Reaches: return reaches_text(group);
    case Kind::Nearer: return nearer_text(group, host);
    case Kind::Dropped: return dropped_text(group, host);
    case Kind::Refused: return refused_text(trace, group);
  }
  return {};
}

}  // namespace

std::vector<PortGroup> group_ports(const Trace& trace) {
  const std::optional<Ttl> host = distance(trace);
  std::map<Likeness, PortGroup> groups;
  for (const PortResult& result : trace.ports) {
    if (result.control) {
      continue;
    }
    PortGroup& group = groups[likeness(trace, result, host)];
    const bool assumed =
        (group.fate && group.fate->assumed) || (result.fate && result.fate->assumed);
    group.kind = kind_of(result, host);
    group.state = result.state;
    group.fate = result.fate;
    if (group.fate) {
      group.fate->assumed = assumed;
    }
    group.decided_by = result.decided_by;
    group.ports.push_back(result.port);
  }
  std::vector<PortGroup> sorted;
  for (auto& [key, group] : groups) {
    std::ranges::sort(group.ports);
    group.sentence = sentence(trace, group, host);
    sorted.push_back(std::move(group));
  }
  std::ranges::stable_sort(sorted, {}, [](const PortGroup& group) {
    const int stopped =
        group.fate && group.fate->first_stopped ? group.fate->first_stopped->value() : 256;
    return std::pair{stopped, group.ports.front()};
  });
  return sorted;
}

}  // namespace synroute::model
