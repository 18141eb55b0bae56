// SPDX-License-Identifier: Apache-2.0
#include "sim/truth.hpp"

#include "wire/icmp_names.hpp"

#include <algorithm>
#include <tuple>

namespace synroute::sim {

namespace {

constexpr int kFullTtl = 64;  // what the control probe of a tracer is sent with
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

/// How much an answer says about the port: an open port stays open beside a forged reset.
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

void decide(Truth& truth, const Fate& fate) {
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
  const Fate full = oracle.fate(target, port, kFullTtl);
  truth.by_chance = full.by_chance;
  truth.fixed_choice = full.fixed_choice;
  decide(truth, full);
  for (int ttl = 1; ttl <= kLastTtl; ++ttl) {
    truth.hops.push_back(hop_of(ttl, oracle.fate(target, port, ttl)));
    const TrueHop& hop = truth.hops.back();
    if (!truth.distance && std::ranges::any_of(hop.answers, is_arrival)) {
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
