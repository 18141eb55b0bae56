// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/truth.hpp"

#include "model/limits.hpp"
#include "wire/icmp_names.hpp"

#include <algorithm>
#include <tuple>

namespace synroute::sim {

namespace {

constexpr int kLastTtl = 40;

/// A TCP answer in the target's name, or the refusal of the machine itself.
bool is_arrival(const Arrival& arrival) {
  const bool refused = arrival.kind == model::ReplyKind::Unreachable;
  return !arrival.is_icmp() || (refused && arrival.decider == Decider::Host);
}

bool ends_path(const Arrival& arrival) {
  return arrival.kind != model::ReplyKind::TimeExceeded;
}

model::PortState state_of(const Arrival& arrival, Family family) {
  switch (arrival.kind) {
    case model::ReplyKind::SynAck: return model::PortState::Open;
    case model::ReplyKind::Rst:
      return arrival.decider == Decider::Box ? model::PortState::Rejected
                                             : model::PortState::Closed;
    case model::ReplyKind::Unreachable:
      return wire::unreachable_code(family, arrival.icmp_type, arrival.icmp_code).prohibited
                 ? model::PortState::Rejected
                 : model::PortState::Unreachable;
    case model::ReplyKind::TimeExceeded:
    case model::ReplyKind::Ack: break;
  }
  return model::PortState::Filtered;
}

bool is_forged(const Arrival& arrival) {
  return arrival.kind == model::ReplyKind::Rst && arrival.decider == Decider::Box;
}

/// A reset of a box and an answer to the same probe that shows that the target did not send it.
bool exposes_forger(const Fate& fate) {
  return std::ranges::any_of(fate.arrivals, is_forged)
         && std::ranges::any_of(fate.arrivals, [](const Arrival& arrival) {
              return arrival.kind == model::ReplyKind::SynAck
                     || arrival.kind == model::ReplyKind::TimeExceeded;
            });
}

/// How much an answer says about the port. Where two come, a connection takes the first.
int weight(const Arrival& arrival) {
  switch (arrival.kind) {
    case model::ReplyKind::SynAck: return 3;
    case model::ReplyKind::Rst: return arrival.decider == Decider::Host ? 2 : 1;
    case model::ReplyKind::Unreachable: return 1;
    case model::ReplyKind::TimeExceeded:
    case model::ReplyKind::Ack: break;
  }
  return 0;
}

const Arrival* earliest(const Fate& fate, bool (*wanted)(const Arrival&)) {
  const Arrival* first = nullptr;
  for (const Arrival& arrival : fate.arrivals) {
    first =
        wanted(arrival) && (first == nullptr || arrival.delay < first->delay) ? &arrival : first;
  }
  return first;
}

/// True when a forged reset decides, because it comes before what the target says.
bool decide_by_forgery(Truth& truth, const Fate& fate) {
  const Arrival* forged = earliest(fate, is_forged);
  const Arrival* own = earliest(
      fate, [](const Arrival& arrival) { return arrival.kind == model::ReplyKind::SynAck; });
  if (forged == nullptr || own == nullptr || own->delay < forged->delay) {
    return false;
  }
  truth.state = model::PortState::Rejected;
  truth.decided_by = Decider::Box;
  truth.reached = true;
  return true;
}

void decide(Truth& truth, const Fate& fate) {
  if (decide_by_forgery(truth, fate)) {
    return;
  }
  const auto best = std::ranges::max_element(fate.arrivals, {}, weight);
  if (best == fate.arrivals.end() || weight(*best) == 0) {
    return;
  }
  truth.state = state_of(*best, truth.target.family());
  truth.decided_by = best->decider;
  truth.reached = best->decider == Decider::Host;
}

TrueHop hop_of(int ttl, Fate fate) {
  std::ranges::sort(fate.arrivals, {}, [](const Arrival& arrival) {
    return std::tuple{arrival.from, arrival.delay, arrival.ttl, arrival.kind};
  });
  return {
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .answers = std::move(fate.arrivals),
      .may_be_silent = fate.may_be_silent};
}

}  // namespace

Truth find_truth(const Scenario& scenario, const IpAddress& target, Port port) {
  const Oracle oracle{scenario};
  Truth truth{.target = target, .port = port};
  const Fate full = oracle.fate(target, port, model::kFullTtl);
  truth.by_chance = full.by_chance;
  truth.fixed_choice = full.fixed_choice;
  decide(truth, full);
  for (int ttl = 1; ttl <= kLastTtl; ++ttl) {
    Fate fate = oracle.fate(target, port, ttl);
    const bool exposed = exposes_forger(fate);
    truth.hops.push_back(hop_of(ttl, std::move(fate)));
    const TrueHop& hop = truth.hops.back();
    const auto counts = [&](const Arrival& arrival) {
      return is_arrival(arrival) && !(exposed && is_forged(arrival));
    };
    if (!truth.distance && std::ranges::any_of(hop.answers, counts)) {
      truth.distance = hop.ttl;
    }
    const bool over =
        !hop.answers.empty() && !hop.may_be_silent && std::ranges::all_of(hop.answers, ends_path);
    if (over) {
      return truth;
    }
  }
  while (!truth.hops.empty() && truth.hops.back().answers.empty()) {
    truth.hops.pop_back();
  }
  return truth;
}

}  // namespace synroute::sim
