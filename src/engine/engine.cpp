// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"

#include "engine/flows.hpp"
#include "engine/overlap.hpp"
#include "engine/own_host.hpp"
#include "engine/reply_kind.hpp"
#include "engine/reply_reader.hpp"
#include "model/hop.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::engine {
namespace {

/// Within which the first probe has been seen leaving, unless the next hop must be found first: a
/// copy comes before sendto() returns.
constexpr Duration kDeparture = std::chrono::milliseconds{2};

/// The distance between descending sequence numbers: more than a target can acknowledge of the
/// payload.
std::uint32_t descent(const Settings& settings) {
  constexpr std::size_t kLeast = 16;
  const std::size_t step = std::max(kLeast, settings.shape.payload.size() + 2);
  return settings.descending_sequence ? static_cast<std::uint32_t>(step) : 0;
}

}  // namespace

Engine::Engine(Settings settings, std::unique_ptr<Strategy> strategy)
    : settings_{std::move(settings)},
      strategy_{std::move(strategy)},
      identity_{
          settings_.seed, settings_.probes_max + WeakAnswers::kProofProbesMax, descent(settings_)},
      matcher_{settings_.head.source.address, settings_.head.target.address, ledger_},
      reset_screen_{ledger_, strategy_->reset_screening()},
      half_evidence_{matcher_, ledger_, !settings_.descending_sequence},
      weak_answers_{settings_.proof_ports, mix(settings_.seed ^ 0x7765616b)},
      expiry_{ledger_, *strategy_},
      pacer_{settings_.pacing} {
  add_flows(ledger_, settings_);
  if (strategy_->takes_any_time_exceeded()) {
    matcher_.take_any_time_exceeded();
  }
}

void Engine::begin() {
  if (begun_) {
    return;
  }
  begun_ = true;
  started_ = now_;
  expiry_.set_awaits_departure(settings_.sees_departures);
  if (!settings_.sees_departures) {
    announce_start();
  }
}

/// Before any other event. Where departures are seen, it waits for the first: rules of this host
/// may send probes by another device than its routing tables say.
void Engine::announce_start() {
  if (!std::exchange(is_announced_, true)) {
    outputs_.emplace_back(model::Event{started_, model::TraceStarted{settings_.head}});
  }
}

void Engine::emit(model::Event event) {
  announce_start();
  outputs_.emplace_back(std::move(event));
}

Claim Engine::handle(
    const wire::Datagram& datagram, Instant received, std::optional<ProbeId> about) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_ || !begun_) {
    return Claim::Foreign;
  }
  MatchOutcome outcome;
  const auto known_kind = about ? kind_of(datagram) : std::nullopt;
  if (known_kind) {
    outcome.match = Match{.probe = *about, .kind = *known_kind, .grade = {}};
  } else {
    outcome = matcher_.match(datagram);
    hear_at_proof_port(datagram, received);
  }
  if (!outcome.match && !outcome.half && !outcome.unmatched) {
    return Claim::Foreign;
  }
  now_ = std::max(now_, received);
  if (settings_.report_packets) {
    const auto probe = outcome.match ? std::optional{outcome.match->probe} : std::nullopt;
    emit({received, model::PacketReceived{datagram, probe}});
  }
  const bool is_mine = take(outcome, datagram, received);
  conclude_tests();
  pump();
  return is_mine ? Claim::Mine : Claim::Unmatched;
}

void Engine::departed(
    ProbeId id,
    std::string_view device,
    const std::optional<model::OwnTranslation>& translation,
    std::optional<Ttl> changed_ttl) {
  if (finished_) {
    return;
  }
  ledger_.note_departed(id, translation && translation->changes_destination(), changed_ttl);
  if (translation) {
    add_rule(own_translations_, *translation);
  }
  const bool is_redirected = translation && translation->changes_destination();
  if (!settings_.target_ports.empty() && !device.empty() && !is_redirected) {
    devices_.emplace(ledger_.record(id).probe.target_port, device);
  }
  if (!settings_.sees_departures || std::exchange(has_departed_, true)) {
    return;
  }
  expiry_.set_awaits_departure(false);
  model::Source& source = settings_.head.source;
  if (!device.empty() && device != source.interface) {
    source.interface = device;
    source.gateway.reset();  // that of the route which was not taken
  }
  announce_start();
}

Claim Engine::delivered(const wire::Datagram& datagram) {
  if (finished_ || !begun_) {
    return Claim::Foreign;
  }
  const MatchOutcome outcome = matcher_.match_copy(datagram);
  if (!outcome.match) {
    if (outcome.unmatched && outcome.unmatched->is_weak) {
      note_weak_delivery(*outcome.unmatched->flow);
    }
    return outcome.unmatched ? Claim::Unmatched : Claim::Foreign;
  }
  ledger_.note_delivered(outcome.match->probe);
  if (concluded_) {
    conclude(*concluded_);
  }
  return Claim::Mine;
}

void Engine::accept(const Match& match, const wire::Datagram& datagram, Instant received) {
  ++counters_.received;
  model::Reply reply = read_reply(match, datagram);
  reply.received = received;
  reply.rtt = round_trip(ledger_.record(match.probe).probe, received);
  const model::Reply* before = ledger_.record(match.probe).reply();
  const bool is_equal = before == nullptr || before->grade.proof == reply.grade.proof;
  if (is_equal && strategy_->reset_screening() != ResetScreening::None
      && !passes_reset_screen(match.probe, reply)) {
    return;
  }
  if (ledger_.record(match.probe).reply() != nullptr) {
    contest(match.probe, std::move(reply));
    return;
  }
  ledger_.answer(match.probe, std::move(reply));
  settle(match.probe);
}

bool Engine::passes_reset_screen(ProbeId id, const model::Reply& reply) {
  const ResetScreen::Result result = reset_screen_.check(id, reply);
  std::ranges::for_each(result.reopened, [this](ProbeId each) { expiry_.watch_again(each); });
  if (result.disproved_all) {
    strategy_->relearn(ledger_);
  } else if (result.rejected && strategy_->reset_screening() == ResetScreening::Each) {
    strategy_->revised(ledger_.record(id), ledger_);
  }
  return !result.rejected;
}

void Engine::note_unmatched(const Unmatched& unmatched, Instant received) {
  ++counters_.unmatched;
  if (unmatched.flow) {
    unnamed_flows_.insert(*unmatched.flow);
    strategy_->heard({.flow = *unmatched.flow, .kind = unmatched.kind, .received = received});
  }
}

void Engine::settle(ProbeId id) {
  strategy_->settled(ledger_.record(id), ledger_);
  emit({now_, model::ProbeSettled{ledger_.record(id)}});
}

void Engine::sent(ProbeId id, Instant at) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_) {
    return;
  }
  ledger_.note_sent(id, at);
  started_ = std::min(started_, at);  // the probes of a capture lie in the past
}

void Engine::refused(
    ProbeId id,
    model::Refusal why,
    Instant now,
    const std::optional<model::MissingHop>& missing_hop) {
  assert(outputs_.empty() && "drain poll() before the next input");
  now_ = std::max(now_, now);
  if (finished_ || ledger_.record(id).reply() != nullptr || ledger_.record(id).refusal()) {
    return;
  }
  // A host may find out late that a probe never left, after it was given up: no loss then.
  const bool was_waiting = ledger_.record(id).is_waiting();
  if (missing_hop) {
    settings_.head.source.missing_hop = missing_hop;
  }
  ledger_.refuse(id, why);
  if (was_waiting) {
    settle(id);
  }
  pump();
}

void Engine::advance(Instant now) {
  assert(outputs_.empty() && "drain poll() before the next input");
  now_ = std::max(now_, now);
  if (finished_) {
    return;
  }
  begin();
  if (!is_announced_ && now_ - started_ >= kDeparture) {
    announce_start();
  }
  if (concluded_) {
    conclude(*concluded_);
    return;
  }
  conclude_tests();
  expire();
  pump();
}

void Engine::interrupt(Instant now) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_) {
    return;
  }
  now_ = std::max(now_, now);
  model::Verdict verdict = strategy_->verdict_so_far(ledger_);
  verdict.stop = model::StopReason::Interrupted;
  begin();
  finish(verdict);
}

void Engine::expire() {
  for (const ProbeId id : expiry_.find_expired(now_)) {
    const bool has_times = settings_.head.method != model::Method::Replay;
    const Duration waited = now_ - ledger_.record(id).probe.sent;
    ledger_.lose(id, has_times ? std::optional{waited} : std::nullopt);
    settle(id);
  }
}

void Engine::wait_again() {
  for (const ProbeId id : expiry_.find_unexpired(now_)) {
    ledger_.wait_again(id);
    expiry_.watch_again(id);
    strategy_->waits_again(ledger_.record(id));
  }
}

std::optional<Instant> Engine::deadline() const {
  if (finished_) {
    return std::nullopt;
  }
  if (concluded_) {
    return delivery_deadline();
  }
  auto own = earliest(expiry_.deadline(), strategy_->deadline());
  if (!is_announced_) {
    own = earliest(own, started_ + kDeparture);
  }
  if (const auto proof = weak_answers_.deadline()) {
    own = earliest(own, std::max(*proof, pacer_.next()));
  }
  if (!unannounced_.empty()) {
    own = earliest(own, weighed_at(unannounced_.front()));
  }
  return held_back_ ? earliest(own, pacer_.next()) : own;
}

void Engine::pump() {
  if (!begun_ || finished_ || concluded_) {
    return;
  }
  announce_weighed();
  for (;;) {
    const bool may_send = pacer_.ready(now_);
    if (const auto ask = may_send ? ask_for_proof() : std::nullopt) {
      send(*ask);
      continue;
    }
    if (!perform(strategy_->next(now_, may_send, ledger_))) {
      held_back_ = !may_send;
      return;
    }
  }
}

bool Engine::perform(const Move& move) {
  if (const auto* ask = std::get_if<Ask>(&move)) {
    send(*ask);
  } else if (const auto* row = std::get_if<RowSettled>(&move)) {
    unannounced_.push_back(*row);
    announce_weighed();
  } else if (const auto* port = std::get_if<model::PortSettled>(&move)) {
    ports_.insert_or_assign(port->result.port, port->result);
    emit({now_, *port});
  } else if (const auto* distance = std::get_if<model::DistanceKnown>(&move)) {
    emit({now_, *distance});
  } else if (const auto* provisional = std::get_if<model::ProvisionalVerdict>(&move)) {
    emit({now_, *provisional});
  } else if (std::holds_alternative<WaitAgain>(move)) {
    wait_again();
  } else if (const auto* verdict = std::get_if<model::Verdict>(&move)) {
    if (!unannounced_.empty()) {
      return false;  // what is still to be weighed may change it
    }
    conclude(*verdict);
  }
  return !concluded_ && !std::holds_alternative<std::monostate>(move) && !finished_;
}

void Engine::announce(const RowSettled& row) {
  if (row.is_target) {
    mark_overlaps(ledger_, row.ttl, unnamed_flows_);
  }
  const auto probes = model::row(ledger_.records(), row.ttl, row.is_target, settings_.head.queries);
  model::HopSettled hop{.ttl = row.ttl, .probes = {}};
  for (const model::ProbeRecord* record : probes) {
    hop.probes.push_back(*record);
  }
  emit({now_, std::move(hop)});
}

/// Finishes, unless the target has answered and no answer has reached this host's TCP yet: then it
/// is waited for, shortly.
void Engine::conclude(const model::Verdict& verdict) {
  const auto until = delivery_deadline();
  if (until && now_ < *until) {
    concluded_ = verdict;
    return;
  }
  finish(verdict);
}

std::optional<Instant> Engine::delivery_deadline() const {
  const bool can_tell = settings_.sees_deliveries && !deliveries_missed_;
  return can_tell ? engine::delivery_deadline(ledger_, !settings_.target_ports.empty())
                  : std::nullopt;
}

void Engine::finish(model::Verdict verdict) {
  std::ranges::for_each(
      std::exchange(unannounced_, {}), [this](const RowSettled& row) { announce(row); });
  if (mixes_paths(ledger_, own_translations_)) {
    verdict.distance.reset();
  }
  if (verdict.distance) {
    mark_overlaps(ledger_, *verdict.distance, unnamed_flows_);
  }
  model::Trace trace = settings_.head;
  trace.duration = now_ - started_;
  trace.verdict = verdict;
  trace.own_translations = std::move(own_translations_);
  if (settings_.sees_deliveries && !deliveries_missed_) {
    ledger_.judge_deliveries(now_ - kDeliveryGrace);
  }
  trace.probes = ledger_.take_records();
  trace.ports = port_results();
  trace.unattributed = weak_answers_.unattributed();
  counters_.unmatched += half_evidence_.held_count();
  trace.counters = counters_;
  trace.counters += ledger_.counters();
  finished_ = true;
  emit({now_, model::TraceFinished{std::move(trace)}});
  outputs_.emplace_back(Finished{});
}

std::optional<Output> Engine::poll() {
  if (outputs_.empty()) {
    return std::nullopt;
  }
  std::optional<Output> output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

}  // namespace synroute::engine
