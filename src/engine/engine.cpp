// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"

#include "engine/overlap.hpp"
#include "engine/probe_builder.hpp"
#include "engine/reply_reader.hpp"
#include "model/hop.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::engine {
namespace {

/// From one sequence number to the nearest beyond the window (65,535) that opens behind it. Boxes
/// that follow connections go with up to 66,000 (Linux: MAXACKWINDOW).
constexpr std::uint32_t kBeyondWindow = 65'545;

/// Sequence numbers apart, whatever a target acknowledges of the payload.
std::uint32_t descent(const Settings& settings) {
  constexpr std::size_t kLeast = 16;
  const std::size_t step = std::max(kLeast, settings.shape.payload.size() + 2);
  return settings.descending_sequence ? static_cast<std::uint32_t>(step) : 0;
}

/// What a probe that somebody else sent can be recognised by.
Keys keys_of(const wire::Datagram& seen) {
  return {.sequence = seen.tcp()->header.sequence, .ip_id = seen.ip.id};
}

}  // namespace

Engine::Engine(Settings settings, std::unique_ptr<Strategy> strategy)
    : settings_{std::move(settings)},
      strategy_{std::move(strategy)},
      identity_{settings_.seed, settings_.probes_max, descent(settings_)},
      matcher_{settings_.head.source.address, settings_.head.target.address, ledger_},
      pacer_{settings_.pacing} {
  // RFC 6437 §2: unpredictable, not zero, 20 bits; one for the whole run, or routers that hash it
  // would see a new flow for every probe.
  const auto label = static_cast<std::uint32_t>(mix(settings_.seed ^ 0x6c61)) & 0xfffffU;
  const auto add_flow = [&](Port source_port, Port target_port) {
    ledger_.flows_.push_back(
        {.source_port = source_port, .target_port = target_port, .label = std::max(label, 1U)});
  };
  // Room for most scans as they come: moving all records when the last port is asked takes longer
  // than its answer.
  ledger_.records_.reserve(settings_.target_ports.size() + (settings_.target_ports.size() / 4));
  for (const Port port : settings_.target_ports) {
    add_flow(settings_.source_ports.empty() ? Port{0} : settings_.source_ports.front(), port);
  }
  if (settings_.target_ports.empty()) {
    for (const Port port : settings_.source_ports) {
      add_flow(port, settings_.head.target.port);
    }
  }
}

void Engine::emit(model::Event event) {
  outputs_.emplace_back(std::move(event));
}

Claim Engine::handle(
    const wire::Datagram& datagram, Instant received, std::optional<ProbeId> about) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_ || !begun_) {
    return Claim::Foreign;
  }
  Matcher::Verdict verdict;
  const auto known_kind = about ? kind_of(datagram) : std::nullopt;
  if (known_kind) {
    verdict.match = Match{.probe = *about, .kind = *known_kind, .grade = {}};
  } else {
    verdict = matcher_.match(datagram);
  }
  if (!verdict.match && !verdict.unmatched) {
    return Claim::Foreign;
  }
  now_ = std::max(now_, received);
  if (settings_.report_packets) {
    const auto probe = verdict.match ? std::optional{verdict.match->probe} : std::nullopt;
    emit({received, model::PacketReceived{datagram, probe}});
  }
  if (verdict.match) {
    accept(*verdict.match, datagram, received);
  } else {
    ++counters_.unmatched;
    if (verdict.unmatched->flow) {
      unnamed_flows_.insert(*verdict.unmatched->flow);
      strategy_->heard({.flow = *verdict.unmatched->flow, .kind = verdict.unmatched->kind});
    }
  }
  pump();
  return verdict.match ? Claim::Mine : Claim::Unmatched;
}

void Engine::accept(const Match& match, const wire::Datagram& datagram, Instant received) {
  model::ProbeRecord& record = ledger_.records_[match.probe.value()];
  ++counters_.received;
  model::Reply reply = read_reply(match, datagram);
  reply.received = received;
  // Stamps of two clocks can cross by a hair on a path of microseconds; time never runs backwards.
  reply.rtt = std::max(received - record.probe.sent, Duration{0});
  if (strategy_->weighs_resets() && weigh(record, reply)) {
    return;
  }
  if (record.reply() != nullptr) {
    ++counters_.duplicates;
    ++record.duplicates;
    return;
  }
  const bool late = record.is_settled();
  counters_.late += late ? 1U : 0U;
  ledger_.waiting_ -= record.is_waiting() ? 1U : 0U;
  record.state = model::Answered{.reply = std::move(reply), .late = late};
  record.overlapped = false;  // what was said of its silence is void
  settle(record);
}

/// True when that was all: the answer is a reset that nobody believes, or shows that none can be.
bool Engine::weigh(model::ProbeRecord& record, const model::Reply& reply) {
  const bool is_reset = reply.kind == model::ReplyKind::Rst;
  const model::Reply* heard = record.reply();
  const bool contradiction = heard != nullptr && model::reset_is_contradicted(*heard, reply);
  if (resets_are_forged_ && is_reset) {
    if (record.disproved.empty()) {
      record.disproved.push_back(reply);
    }
    return true;
  }
  if (!contradiction) {
    return false;
  }
  if (is_reset) {
    record.disproved.push_back(reply);
  }
  disprove_resets();
  return is_reset;  // a genuine answer finds its probe waiting again
}

void Engine::disprove_resets() {
  resets_are_forged_ = true;
  for (model::ProbeRecord& record : ledger_.records_) {
    const model::Reply* reply = record.reply();
    if (reply == nullptr || reply->kind != model::ReplyKind::Rst) {
      continue;
    }
    record.disproved.push_back(*reply);
    record.duplicates = 0;  // they were copies of the reset
    record.state = model::Waiting{};
    ++ledger_.waiting_;
    if (std::ranges::find(waiting_, record.probe.id) == waiting_.end()) {
      waiting_.push_back(record.probe.id);
    }
  }
  strategy_->resets_disproved(ledger_);
}

void Engine::settle(model::ProbeRecord& record) {
  strategy_->settled(record, ledger_);
  emit({now_, model::ProbeSettled{record}});
}

void Engine::sent(ProbeId id, Instant at) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_) {
    return;
  }
  model::Probe& probe = ledger_.records_[id.value()].probe;
  counters_.sent += probe.has_left ? 0U : 1U;
  probe.has_left = true;
  probe.sent = at;
  started_ = std::min(started_, at);  // a recording lies in the past
  auto* answered = std::get_if<model::Answered>(&ledger_.records_[id.value()].state);
  if (answered != nullptr) {  // the kernel's stamp came after the answer: measure again
    answered->reply.rtt = std::max(answered->reply.received - at, Duration{0});
  }
}

void Engine::refused(ProbeId id, model::Refusal why) {
  assert(outputs_.empty() && "drain poll() before the next input");
  if (finished_) {
    return;
  }
  model::ProbeRecord& record = ledger_.records_[id.value()];
  if (!record.is_waiting()) {
    return;
  }
  ++counters_.refused;
  --ledger_.waiting_;
  record.state = model::Refused{why};
  settle(record);
  pump();
}

void Engine::advance(Instant now) {
  assert(outputs_.empty() && "drain poll() before the next input");
  now_ = std::max(now_, now);
  if (finished_) {
    return;
  }
  if (!begun_) {
    begun_ = true;
    started_ = now_;
    emit({now_, model::TraceStarted{settings_.head}});
  }
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
  if (!begun_) {
    begun_ = true;
    started_ = now_;
    emit({now_, model::TraceStarted{settings_.head}});
  }
  finish(verdict);
}

Instant Engine::deadline_of(const model::ProbeRecord& record) const {
  return record.probe.sent + strategy_->patience(record, ledger_);
}

void Engine::expire() {
  const auto is_settled = [this](ProbeId id) { return ledger_.record(id).is_settled(); };
  if (strategy_
          ->has_uniform_patience()) {  // the oldest is due first: no need to look at the others
    while (!waiting_.empty() && is_settled(waiting_.front())) {
      waiting_.pop_front();
    }
  } else {
    std::erase_if(waiting_, is_settled);
  }
  // All verdicts are made on what was known before any of them, so that their order cannot matter.
  std::vector<ProbeId> expired;
  for (const ProbeId id : waiting_) {
    const model::ProbeRecord& record = ledger_.record(id);
    if (record.is_waiting() && record.probe.has_left && deadline_of(record) <= now_) {
      expired.push_back(id);
    } else if (record.is_waiting() && strategy_->has_uniform_patience()) {
      break;
    }
  }
  for (const ProbeId id : expired) {
    model::ProbeRecord& record = ledger_.records_[id.value()];
    record.state = model::Lost{};
    --ledger_.waiting_;
    settle(record);
  }
}

std::optional<Instant> Engine::earliest_expiry() const {
  std::optional<Instant> earliest;
  for (const ProbeId id : waiting_) {
    const model::ProbeRecord& record = ledger_.record(id);
    if (record.is_settled() || !record.probe.has_left) {
      continue;
    }
    earliest = std::min(deadline_of(record), earliest.value_or(Instant{Duration::max()}));
    if (strategy_->has_uniform_patience()) {
      break;
    }
  }
  return earliest;
}

std::optional<Instant> Engine::deadline() const {
  if (finished_) {
    return std::nullopt;
  }
  std::optional<Instant> earliest = earliest_expiry();
  const auto consider = [&earliest](std::optional<Instant> other) {
    if (other && (!earliest || *other < *earliest)) {
      earliest = other;
    }
  };
  consider(strategy_->deadline());
  if (held_back_) {
    consider(pacer_.next());
  }
  return earliest;
}

void Engine::pump() {
  if (!begun_ || finished_) {
    return;
  }
  for (;;) {
    const bool may_send = pacer_.ready(now_);
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
    announce(*row);
  } else if (const auto* port = std::get_if<model::PortSettled>(&move)) {
    ports_.insert_or_assign(port->result.port, port->result);
    emit({now_, *port});
  } else if (const auto* distance = std::get_if<model::DistanceKnown>(&move)) {
    emit({now_, *distance});
  } else if (const auto* verdict = std::get_if<model::Verdict>(&move)) {
    finish(*verdict);
  }
  return !std::holds_alternative<std::monostate>(move) && !finished_;
}

FlowId Engine::flow_of(const wire::Datagram& seen) {
  const wire::TcpHeader& header = seen.tcp()->header;
  const auto same = [&](const Flow& flow) {
    return flow.source_port == header.source_port && flow.target_port == header.destination_port;
  };
  const auto found = std::ranges::find_if(ledger_.flows_, same);
  const auto index = static_cast<std::uint32_t>(found - ledger_.flows_.begin());
  if (found == ledger_.flows_.end()) {
    ledger_.flows_.push_back(
        {.source_port = header.source_port,
         .target_port = header.destination_port,
         .label = seen.ip.flow_label});
  }
  return FlowId{index};
}

FlowId Engine::flow_of(const Ask& ask) {
  if (ask.seen != nullptr) {
    return flow_of(*ask.seen);
  }
  if (!settings_.one_probe_per_flow) {
    return ask.flow;
  }
  const bool is_scan = ask.flow.value() < settings_.target_ports.size();
  const Port target_port =
      is_scan ? settings_.target_ports[ask.flow.value()] : settings_.head.target.port;
  ledger_.flows_.push_back({.source_port = Port{0}, .target_port = target_port});
  return FlowId{static_cast<std::uint32_t>(ledger_.flows_.size() - 1)};
}

void Engine::send(const Ask& ask) {
  if (ledger_.records_.size() >= settings_.probes_max) {
    finish(strategy_->verdict_so_far(ledger_));
    return;
  }
  Keys keys = ask.seen != nullptr ? keys_of(*ask.seen) : identity_.next();
  if (ask.follows) {
    keys.sequence = ledger_.record(*ask.follows).probe.sequence + kBeyondWindow;
  }
  const FlowId flow_id = flow_of(ask);
  const Flow& flow = ledger_.flow(flow_id);
  model::ProbeRecord record;
  record.probe = {
      .id = ProbeId{static_cast<std::uint32_t>(ledger_.records_.size())},
      .flow = flow_id,
      .role = ask.role,
      .ttl = ask.ttl,
      .attempt = ask.attempt,
      .target = settings_.head.target.address,
      .source_port = flow.source_port,
      .target_port = flow.target_port,
      .sequence = keys.sequence,
      .ip_id = keys.ip_id,
      .sent = {}};
  wire::Datagram datagram =
      ask.seen != nullptr
          ? *ask.seen
          : build_probe(
                settings_.shape, settings_.head.source.address, record.probe, keys, flow.label);
  const wire::TcpSegment& segment = *datagram.tcp();
  const auto stamps = segment.header.options.timestamps();
  record.probe.timestamp_value = stamps ? stamps->value : 0;
  record.probe.payload_length = static_cast<std::uint16_t>(segment.payload.size());
  const bool acknowledges = segment.header.flags.has(wire::TcpFlag::Ack);
  matcher_.add(
      record.probe, acknowledges ? std::optional{segment.header.acknowledgement} : std::nullopt);
  waiting_.push_back(record.probe.id);
  ++ledger_.waiting_;
  pacer_.take(now_);
  if (settings_.report_packets) {
    emit({now_, model::PacketSent{datagram}});
  }
  outputs_.emplace_back(SendProbe{.id = record.probe.id, .datagram = std::move(datagram)});
  if (ask.withdraw) {
    withdraw(record.probe);
  }
  ledger_.records_.push_back(std::move(record));
}

/// What this host's kernel would send on hearing the answer.
void Engine::withdraw(const model::Probe& probe) {
  ProbeShape shape = bare_syn();
  shape.flags = wire::TcpFlag::Rst;
  shape.dont_fragment = true;
  model::Probe reset = probe;
  reset.ttl = Ttl{64};
  reset.sequence = probe.sequence + 1;
  reset.ip_id = 0;
  const Keys keys{.sequence = reset.sequence};
  wire::Datagram datagram = build_probe(
      shape, settings_.head.source.address, reset, keys, ledger_.flow(probe.flow).label);
  if (settings_.report_packets) {
    emit({now_, model::PacketSent{datagram}});
  }
  outputs_.emplace_back(SendPacket{std::move(datagram)});
}

void Engine::announce(const RowSettled& row) {
  if (row.is_target) {
    mark_overlaps(ledger_.records_, row.ttl, unnamed_flows_);
  }
  const auto probes = model::row(ledger_.records_, row.ttl, row.is_target, settings_.head.queries);
  model::HopSettled hop{.ttl = row.ttl, .probes = {}};
  for (const model::ProbeRecord* record : probes) {
    hop.probes.push_back(*record);
  }
  emit({now_, std::move(hop)});
}

void Engine::finish(model::Verdict verdict) {
  if (verdict.distance) {
    mark_overlaps(ledger_.records_, *verdict.distance, unnamed_flows_);
  }
  model::Trace trace = settings_.head;
  trace.duration = now_ - started_;
  trace.verdict = verdict;
  trace.probes = std::move(ledger_.records_);  // a scan has hundreds of thousands
  for (const auto& [port, result] : ports_) {
    trace.ports.push_back(result);
  }
  trace.counters = counters_;
  trace.counters += transport_counters_;
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
