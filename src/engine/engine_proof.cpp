// SPDX-License-Identifier: Apache-2.0
// Answers that carry none of our numbers or only 16 bits of them, and answers that contradict each
// other.
#include "engine/conflict.hpp"
#include "engine/engine.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <utility>

namespace synroute::engine {
namespace {

/// A poorly proved answer is shown a quarter of its round trip after it came, within these bounds:
/// a router may report after three seconds that a host is down, which is no round trip.
constexpr Duration kWeighAtLeast = std::chrono::milliseconds{20};
constexpr Duration kWeighAtMost = std::chrono::milliseconds{100};

}  // namespace

/// False when the packet remains unmatched.
bool Engine::take(const MatchOutcome& outcome, const wire::Datagram& datagram, Instant received) {
  if (outcome.half) {
    return take_half({.match = *outcome.half, .datagram = datagram, .received = received});
  }
  if (!outcome.match) {
    return take_weak(*outcome.unmatched, datagram, received);
  }
  const model::ReplyKind kind = outcome.match->kind;
  accept(*outcome.match, datagram, received);
  // One port, and the target answers with our numbers: nothing else is needed to know its state.
  const bool decides = kind == model::ReplyKind::SynAck || kind == model::ReplyKind::Rst;
  if (decides && settings_.target_ports.empty()) {
    abandon_tests();
  }
  return true;
}

bool Engine::take_half(HalfAnswer answer) {
  const ProbeId probe = answer.match.probe;
  const std::vector<HalfAnswer> believed = half_evidence_.add(std::move(answer));
  for (const HalfAnswer& each : believed) {
    matcher_.learn(each.match, *each.datagram.icmp()->quote);
    accept(each.match, each.datagram, each.received);
  }
  return ledger_.record(probe).reply() != nullptr;
}

/// The ports of a test hear packets whether or not anything was asked from them.
void Engine::hear_at_proof_port(const wire::Datagram& datagram, Instant received) {
  const auto* segment = datagram.tcp();
  const bool is_ours = segment != nullptr && datagram.ip.source == settings_.head.target.address
                       && datagram.ip.destination == settings_.head.source.address;
  if (const auto kind = is_ours ? weak_kind_of(datagram) : std::nullopt) {
    weak_answers_.hear(*kind, segment->header.destination_port, received);
  }
}

bool Engine::take_weak(
    const Unmatched& unmatched, const wire::Datagram& datagram, Instant received) {
  const auto kind = unmatched.is_weak ? weak_kind_of(datagram) : std::nullopt;
  if (!kind) {
    note_unmatched(unmatched, received);
    return false;
  }
  WeakAnswer answer{
      .flow = *unmatched.flow, .kind = *kind, .datagram = datagram, .received = received};
  if (weak_answers_.believes(*kind)) {
    return believe(answer);
  }
  const auto only = matcher_.by_flow(*unmatched.flow);
  if (!weak_answers_.hold(std::move(answer))) {
    ++counters_.unmatched;
    return false;
  }
  if (only) {
    expiry_.suspend(*only);
  }
  ledger_.set_awaits_proof(true);
  return false;
}

/// The target answers in this way. Which probe it answers, only the flow can tell.
bool Engine::believe(const WeakAnswer& answer) {
  const model::ReplyKind kind = reply_kind(answer.kind);
  if (const auto named = matcher_.by_flow(answer.flow)) {
    accept(
        {.probe = *named, .kind = kind, .grade = {.proof = model::Proof::Weak}},
        answer.datagram,
        answer.received);
    if (weak_deliveries_.contains(answer.flow)) {
      ledger_.note_delivered(*named);
    }
    return true;
  }
  note_unmatched({.flow = answer.flow, .kind = kind}, answer.received);
  return false;
}

/// Its probe is not known yet, or has just been answered: TCP is given a packet after we are.
void Engine::note_weak_delivery(FlowId flow) {
  weak_deliveries_.insert(flow);
  for (const model::ProbeRecord& record : ledger_.records()) {
    const model::Reply* reply = record.reply();
    const bool is_weak = reply != nullptr && reply->grade.proof == model::Proof::Weak;
    if (is_weak && record.probe.flow == flow) {
      ledger_.note_delivered(record.probe.id);
    }
  }
}

void Engine::conclude_tests() {
  while (const auto outcome = weak_answers_.conclude(now_)) {
    end_suspense();
    if (outcome->is_believed) {
      std::ranges::for_each(outcome->held, [this](const WeakAnswer& each) { believe(each); });
    } else {
      drop(outcome->held);
      give_up_proofs();
    }
  }
}

/// An unanswered probe of a test says nothing about the target.
void Engine::give_up_proofs() {
  for (const ProbeId id : proofs_) {
    if (ledger_.record(id).is_waiting()) {
      ledger_.lose(id);
      settle(id);
    }
  }
}

void Engine::abandon_tests() {
  if (weak_answers_.is_testing()) {
    drop(weak_answers_.abandon());
    give_up_proofs();
    end_suspense();
  }
}

void Engine::drop(const std::vector<WeakAnswer>& answers) {
  counters_.unmatched += answers.size();
}

void Engine::end_suspense() {
  if (!weak_answers_.is_testing()) {
    ledger_.set_awaits_proof(false);
    expiry_.resume_all();
  }
}

std::optional<Ask> Engine::ask_for_proof() {
  const auto question = weak_answers_.ask(now_);
  if (!question) {
    return std::nullopt;
  }
  const auto known = ledger_.find_flow(question->source_port, question->target_port);
  const FlowId flow = known ? *known
                            : ledger_.add_flow(
                                  {.source_port = question->source_port,
                                   .target_port = question->target_port,
                                   .label = ledger_.flow(FlowId{0}).label});
  const auto directs = std::ranges::count(
      ledger_.records(), model::ProbeRole::Direct, [](const model::ProbeRecord& record) {
        return record.probe.role;
      });
  return Ask{
      .flow = flow,
      .ttl = Ttl{model::kFullTtl},
      .role = model::ProbeRole::Direct,
      .attempt = 1 + static_cast<int>(directs),
      .is_proof = true};
}

/// A further reply to a probe that has one.
void Engine::contest(ProbeId id, model::Reply reply) {
  const Resolution resolution = resolve(*ledger_.record(id).reply(), reply);
  switch (resolution) {
    case Resolution::Duplicate: ledger_.add_duplicate(id); return;
    case Resolution::KeepFirst: ledger_.add_rival(id, std::move(reply), true); return;
    case Resolution::KeepBoth: ledger_.add_rival(id, std::move(reply), false); break;
    case Resolution::TakeLater: ledger_.supersede(id, std::move(reply), true); break;
    case Resolution::SwapBoth: ledger_.supersede(id, std::move(reply), false); break;
  }
  strategy_->revised(ledger_.record(id), ledger_);
  emit({now_, model::ProbeSettled{ledger_.record(id)}});
}

/// When the answers of a row may be shown: a poorly proved one can be disproved by a better one
/// that is still on its way, and an unreachable by a time exceeded.
Instant Engine::weighed_at(const RowSettled& row) const {
  Instant until;
  if (matcher_.trusts_weak_answers()) {  // a capture: everything has arrived
    return until;
  }
  for (const model::ProbeRecord& record : ledger_.records()) {
    const model::Reply* reply = record.reply();
    const bool is_weighed =
        record.probe.ttl == row.ttl && reply != nullptr && !reply->is_tcp()
        && (reply->kind == model::ReplyKind::Unreachable || model::is_poor(*reply));
    if (is_weighed) {
      until = std::max(
          until, reply->received + std::clamp(reply->rtt / 4, kWeighAtLeast, kWeighAtMost));
    }
  }
  return until;
}

/// Rows are announced in the order in which the strategy settled them.
void Engine::announce_weighed() {
  while (!unannounced_.empty() && weighed_at(unannounced_.front()) <= now_) {
    announce(unannounced_.front());
    unannounced_.pop_front();
  }
}

/// Where this host sends packets to some ports by another device, silence at a hop of one path
/// tells nothing of the other: no port is said to stop there.
std::vector<model::PortResult> Engine::port_results() const {
  const auto differs = [this](const auto& each) { return each.second != devices_.begin()->second; };
  const bool are_split = std::ranges::any_of(devices_, differs);
  std::vector<model::PortResult> results;
  for (const auto& [port, result] : ports_) {
    results.push_back(result);
    if (const auto device = devices_.find(port); are_split && device != devices_.end()) {
      results.back().interface = device->second;
    }
    if (are_split && model::is_silence(result.state) && result.reach) {
      results.back().reach->first_stopped.reset();
    }
  }
  return results;
}

}  // namespace synroute::engine
