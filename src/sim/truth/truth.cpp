// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/truth.hpp"

#include "model/limits.hpp"
#include "wire/icmp_names.hpp"

#include <algorithm>
#include <tuple>

namespace synroute::sim {

namespace {

constexpr int kLastTtl = 40;

/// A TCP segment from the target's address, or an ICMP error from the target host itself.
bool is_arrival(const ExpectedReply& reply) {
  const bool refused = reply.kind == model::ReplyKind::Unreachable;
  return !reply.is_icmp() || (refused && reply.decider == Decider::Host);
}

bool ends_path(const ExpectedReply& reply) {
  return reply.kind != model::ReplyKind::TimeExceeded;
}

model::PortState state_of(const ExpectedReply& reply, Family family) {
  switch (reply.kind) {
    case model::ReplyKind::SynAck: return model::PortState::Open;
    case model::ReplyKind::Rst:
      return reply.decider == Decider::Box ? model::PortState::Rejected : model::PortState::Closed;
    case model::ReplyKind::Unreachable:
      return wire::unreachable_code(family, reply.icmp_type, reply.icmp_code).prohibited
                 ? model::PortState::Rejected
                 : model::PortState::Unreachable;
    case model::ReplyKind::TimeExceeded:
    case model::ReplyKind::Ack: break;
  }
  return model::PortState::Filtered;
}

bool is_forged(const ExpectedReply& reply) {
  return reply.kind == model::ReplyKind::Rst && reply.decider == Decider::Box;
}

/// A forged reset together with another reply to the same probe that disproves it.
bool exposes_forger(const ExpectedOutcome& outcome) {
  return std::ranges::any_of(outcome.replies, is_forged)
         && std::ranges::any_of(outcome.replies, [](const ExpectedReply& reply) {
              return reply.kind == model::ReplyKind::SynAck
                     || reply.kind == model::ReplyKind::TimeExceeded;
            });
}

/// How much a reply says about the port: of several replies to one probe the heaviest decides.
int weight(const ExpectedReply& reply) {
  switch (reply.kind) {
    case model::ReplyKind::SynAck: return 3;
    case model::ReplyKind::Rst: return reply.decider == Decider::Host ? 2 : 1;
    case model::ReplyKind::Unreachable: return 1;
    case model::ReplyKind::TimeExceeded:
    case model::ReplyKind::Ack: break;
  }
  return 0;
}

const ExpectedReply* earliest(
    const ExpectedOutcome& outcome, bool (*wanted)(const ExpectedReply&)) {
  const ExpectedReply* first = nullptr;
  for (const ExpectedReply& reply : outcome.replies) {
    first = wanted(reply) && (first == nullptr || reply.delay < first->delay) ? &reply : first;
  }
  return first;
}

/// Whether a forged reset decides, because it arrives before the target's SYN|ACK.
bool decide_by_forgery(Truth& truth, const ExpectedOutcome& outcome) {
  const ExpectedReply* forged = earliest(outcome, is_forged);
  const ExpectedReply* own = earliest(
      outcome, [](const ExpectedReply& reply) { return reply.kind == model::ReplyKind::SynAck; });
  if (forged == nullptr || own == nullptr || own->delay < forged->delay) {
    return false;
  }
  truth.state = model::PortState::Rejected;
  truth.decided_by = Decider::Box;
  truth.reached = true;
  return true;
}

void decide(Truth& truth, const ExpectedOutcome& outcome) {
  if (decide_by_forgery(truth, outcome)) {
    return;
  }
  const auto best = std::ranges::max_element(outcome.replies, {}, weight);
  if (best == outcome.replies.end() || weight(*best) == 0) {
    return;
  }
  truth.state = state_of(*best, truth.target.family());
  truth.decided_by = best->decider;
  truth.reached = best->decider == Decider::Host;
}

TrueHop hop_of(int ttl, ExpectedOutcome outcome) {
  std::ranges::sort(outcome.replies, {}, [](const ExpectedReply& reply) {
    return std::tuple{reply.from, reply.delay, reply.ttl, reply.kind};
  });
  return {
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .answers = std::move(outcome.replies),
      .may_be_silent = outcome.may_be_silent};
}

}  // namespace

Truth find_truth(const Scenario& scenario, const IpAddress& target, Port port) {
  const Oracle oracle{scenario};
  Truth truth{.target = target, .port = port};
  const ExpectedOutcome full = oracle.outcome(target, port, model::kFullTtl);
  truth.by_chance = full.by_chance;
  truth.fixed_choice = full.fixed_choice;
  decide(truth, full);
  for (int ttl = 1; ttl <= kLastTtl; ++ttl) {
    ExpectedOutcome outcome = oracle.outcome(target, port, ttl);
    const bool exposed = exposes_forger(outcome);
    truth.hops.push_back(hop_of(ttl, std::move(outcome)));
    const TrueHop& hop = truth.hops.back();
    const auto counts = [&](const ExpectedReply& reply) {
      return is_arrival(reply) && !(exposed && is_forged(reply));
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
