// SPDX-License-Identifier: Apache-2.0
#include "model/port_groups.hpp"

#include "base/text.hpp"
#include "model/port_paths.hpp"
#include "model/reply_meaning.hpp"
#include "model/waited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace synroute::model {
namespace {

using Kind = PortGroup::Kind;

/// The largest distance at which any port of the target is answered: its own. Ways by different
/// interfaces of this host may differ in length.
std::optional<Ttl> distance(const Trace& trace, const std::string& interface) {
  std::optional<Ttl> farthest;
  for (const PortResult& result : trace.ports) {
    const bool by_target = is_answer_of_target(result.state) && !is_redirected(trace, result)
                           && result.interface == interface;
    if (by_target && result.reach && result.reach->first_stopped) {
      farthest = std::max(farthest.value_or(Ttl{0}), *result.reach->first_stopped);
    }
  }
  return farthest;
}

Kind kind_of(const Trace& trace, const PortResult& result, std::optional<Ttl> target) {
  if (is_answer_of_target(result.state) && is_redirected(trace, result)) {
    return Kind::Redirected;
  }
  if (is_answer_of_target(result.state)) {
    const bool nearer = target && result.reach && result.reach->first_stopped < target;
    return nearer ? Kind::Nearer : Kind::AtTarget;
  }
  return is_silence(result.state) ? Kind::Dropped : Kind::Rejected;
}

/// Ports with equal keys form a group: kind, state, heard, last passed, first stopped, who rejects,
/// code, interface.
using GroupKey = std::tuple<Kind, PortState, bool, int, int, std::string, int, std::string>;

GroupKey key_of(const Trace& trace, const PortResult& result, std::optional<Ttl> target) {
  const Kind kind = kind_of(trace, result, target);
  // A port that has a state of its own was heard anyway, whatever else it said.
  const bool is_heard = result.heard && is_silence(result.state);
  const int passed = result.reach ? result.reach->last_passed.value() : -1;
  const int stopped =
      result.reach && result.reach->first_stopped ? result.reach->first_stopped->value() : -1;
  std::string sender;
  int code = 0;
  if (const ProbeRecord* forged = forged_by(trace, result)) {
    code = forged->reply()->kind == ReplyKind::SynAck ? -1 : -2;
  } else if (const Reply* reply = reply_to(trace, result.decided_by);
             kind == Kind::Rejected && reply != nullptr) {
    sender = reply->from.to_string();
    code = reply->icmp_type << 8 | reply->icmp_code;
  }
  return {kind, result.state, is_heard, passed, stopped, sender, code, result.interface};
}

std::string_view hops_word(int count) {
  return count == 1 ? "hop" : "hops";
}

std::string last_passed_text(const Reach& reach) {
  return reach.last_passed_by
             ? fmt::format(
                   "hop {} ({})", reach.last_passed.value(), reach.last_passed_by->to_string())
             : fmt::format("hop {}", reach.last_passed.value());
}

std::string at_target_sentence(const PortGroup& group) {
  if (!group.reach || !group.reach->first_stopped) {
    return fmt::format("{}; the host answers", name(group.state));
  }
  const int hops = group.reach->first_stopped->value();
  return fmt::format("{}; probes reach the host ({} {})", name(group.state), hops, hops_word(hops));
}

std::string nearer_sentence(const PortGroup& group, std::optional<Ttl> target) {
  if (!target || !group.reach || !group.reach->first_stopped) {
    return at_target_sentence(group);
  }
  const int at = group.reach->first_stopped->value();
  const int hops = target->value() - at;
  // A firewall resets packets it would have forwarded, after its own TTL check has passed them.
  const bool reset = group.state != PortState::Open && group.reach->last_passed.value() > 0;
  return fmt::format(
      "{}; {} {}, {} {} nearer than other ports: a middlebox answers for the host",
      name(group.state),
      reset ? "reset after" : "answered at",
      reset ? last_passed_text(*group.reach) : fmt::format("hop {}", at),
      hops,
      hops_word(hops));
}

std::string dropped_sentence(const PortGroup& group, std::optional<Ttl> target) {
  if (group.heard && group.state == PortState::Filtered) {
    return fmt::format("{}; the host answers, but neither accepts nor refuses", name(group.state));
  }
  if (group.loop_from) {
    return fmt::format(
        "{}; routers pass the probes in a circle from hop {} on",
        name(group.state),
        group.loop_from->value());
  }
  if (!group.reach) {
    return fmt::format(
        "{}; no answer{}",
        name(group.state),
        group.waited ? " within " + wait_text(*group.waited) : "");
  }
  const std::string_view assumed =
      group.reach->assumed ? "; for some ports inferred from neighbouring ports" : "";
  if (group.state == PortState::OpenOrFiltered) {  // an open port is silent too: not known as lost
    return fmt::format(
        "{}; no answer{}{}",
        name(group.state),
        group.reach->last_passed.value() > 0 ? " beyond " + last_passed_text(*group.reach) : "",
        assumed);
  }
  if (!group.reach->first_stopped) {
    return fmt::format(
        "{}; no answer; probes get to {} at least{}",
        name(group.state),
        last_passed_text(*group.reach),
        assumed);
  }
  if (group.reach->last_passed.value() > 0) {
    return fmt::format("dropped after {}{}", last_passed_text(*group.reach), assumed);
  }
  return fmt::format(
      "dropped {}{}",
      target == Ttl{1} ? "at the host (1 hop) or just before it"
                       : "before the first hop that answers",
      assumed);
}

std::string forged_sentence(const PortGroup& group, bool accepts) {
  const bool has_place = group.reach && group.reach->last_passed.value() > 0;
  return fmt::format(
      "{} (forged reset): a middlebox {} resets connections; {}",
      name(group.state),
      has_place ? "after " + last_passed_text(*group.reach) : "on the path",
      accepts ? "the target itself accepts them" : "the target's own answer is unknown");
}

std::string rejected_sentence(const Trace& trace, const PortGroup& group) {
  const Reply* reply = reply_to(trace, group.decided_by);
  if (reply != nullptr && reply->kind == ReplyKind::SynAck) {
    return forged_sentence(group, true);
  }
  if (reply != nullptr && reply->kind == ReplyKind::TimeExceeded) {
    return forged_sentence(group, false);
  }
  if (reply == nullptr) {
    return std::string{name(group.state)};
  }
  const std::string sender =
      reply->from == trace.target.address ? "the host" : reply->from.to_string();
  const bool at_hop = group.reach && group.reach->last_passed_by == reply->from;
  return fmt::format(
      "{} by {}: {}",
      name(group.state),
      at_hop ? fmt::format("hop {} ({})", group.reach->last_passed.value(), sender) : sender,
      unreachable_reason(*reply));
}

std::string sentence_of(const Trace& trace, const PortGroup& group, std::optional<Ttl> target) {
  switch (group.kind) {
    case Kind::AtTarget: return at_target_sentence(group);
    case Kind::Nearer: return nearer_sentence(group, target);
    case Kind::Redirected:
      return fmt::format(
          "{}; answered where NAT rules of this host redirect connections", name(group.state));
    case Kind::Dropped: return dropped_sentence(group, target);
    case Kind::Rejected: return rejected_sentence(trace, group);
  }
  std::unreachable();
}

void add_to(PortGroup& group, const PortResult& result, Kind kind) {
  const bool assumed =
      (group.reach && group.reach->assumed) || (result.reach && result.reach->assumed);
  group.kind = kind;
  group.state = result.state;
  group.heard = result.heard;
  group.interface = result.interface;
  group.reach = result.reach;
  if (group.reach) {
    group.reach->assumed = assumed;
  }
  group.decided_by = result.decided_by;
  group.ports.push_back(result.port);
}

void add_silence(
    PortGroup& group,
    const std::optional<RoutingLoop>& loop,
    const std::map<Port, Duration>& waits) {
  if (group.kind != Kind::Dropped) {
    return;
  }
  if (loop && group.reach && ends_in(*loop, *group.reach)) {
    group.loop_from = loop->first;
  }
  for (const Port port : group.ports) {
    const auto wait = waits.find(port);
    if (wait == waits.end()) {
      group.waited.reset();
      return;
    }
    group.waited = std::min(group.waited.value_or(wait->second), wait->second);
  }
}

}  // namespace

bool is_redirected(const Trace& trace, const PortResult& result) {
  return result.decided_by && result.decided_by->value() < trace.probes.size()
         && trace.probes[result.decided_by->value()].probe.is_redirected;
}

std::vector<PortGroup> group_ports(const Trace& trace) {
  std::map<std::string, std::optional<Ttl>> distances;
  for (const PortResult& result : trace.ports) {
    distances.try_emplace(result.interface);
  }
  for (auto& [interface, target] : distances) {
    target = distance(trace, interface);
  }
  std::map<GroupKey, PortGroup> groups;
  for (const PortResult& result : trace.ports) {
    if (!result.control) {
      const auto& target = distances[result.interface];
      add_to(groups[key_of(trace, result, target)], result, kind_of(trace, result, target));
    }
  }
  const auto loop = loop_of_ports(trace);
  const std::map<Port, Duration> waits = shortest_waits(trace);
  std::vector<PortGroup> sorted;
  for (auto& [key, group] : groups) {
    std::ranges::sort(group.ports);
    add_silence(group, loop, waits);
    group.sentence = sentence_of(trace, group, distances[group.interface]);
    if (!group.interface.empty()) {
      group.sentence += fmt::format(
          "; this host sends packets to {} by {}",
          group.ports.size() == 1 ? "this port" : "these ports",
          sanitise(group.interface));
    }
    sorted.push_back(std::move(group));
  }
  std::ranges::stable_sort(sorted, {}, [](const PortGroup& group) {
    const int stopped =
        group.reach && group.reach->first_stopped ? group.reach->first_stopped->value() : 256;
    return std::pair{stopped, group.ports.front()};
  });
  return sorted;
}

}  // namespace synroute::model
