// SPDX-License-Identifier: Apache-2.0
// How a probe is made of what a strategy asks.
#include "engine/engine.hpp"
#include "engine/flows.hpp"
#include "engine/probe_builder.hpp"
#include "model/limits.hpp"

#include <utility>

namespace synroute::engine {
namespace {

/// How far above a withdrawn probe its follower's sequence number lies: beyond the largest window
/// (65,535) that opens behind the withdrawn one, and within the 66,000 bytes that connection
/// tracking allows (MAXACKWINDOW in Linux's nf_conntrack_proto_tcp.c).
constexpr std::uint32_t kBeyondWindow = 65'545;

/// The keys of a probe that another program sent.
Keys keys_of(const wire::Datagram& seen) {
  return {.sequence = seen.tcp()->header.sequence, .ip_id = seen.ip.id};
}

}  // namespace

void Engine::send(const Ask& ask) {
  if (!ask.is_proof && ledger_.records().size() - proofs_.size() >= settings_.probes_max) {
    finish(strategy_->verdict_so_far(ledger_));
    return;
  }
  if (ask.seen != nullptr) {
    matcher_.trust_weak_answers();
  }
  Keys keys = ask.seen != nullptr ? keys_of(*ask.seen) : identity_.next();
  if (ask.follows) {
    keys.sequence = ledger_.record(*ask.follows).probe.sequence + kBeyondWindow;
  }
  const FlowId flow_id = choose_flow(ledger_, settings_, ask);
  const Flow& flow = ledger_.flow(flow_id);
  model::Probe probe{
      .id = ledger_.next_id(),
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
          : build_probe(settings_.shape, settings_.head.source.address, probe, keys, flow.label);
  const wire::TcpSegment& segment = *datagram.tcp();
  const auto stamps = segment.header.options.timestamps();
  probe.timestamp_value = stamps ? stamps->value : 0;
  probe.payload_length = static_cast<std::uint16_t>(segment.payload.size());
  probe.flags = segment.header.flags;
  const bool acknowledges = segment.header.flags.has(wire::TcpFlag::Ack);
  matcher_.add(probe, acknowledges ? std::optional{segment.header.acknowledgement} : std::nullopt);
  ledger_.add(probe);
  expiry_.watch(probe.id);
  pacer_.take(now_);
  if (settings_.report_packets) {
    emit({now_, model::PacketSent{datagram}});
  }
  outputs_.emplace_back(SendProbe{.id = probe.id, .datagram = std::move(datagram)});
  if (ask.withdraw) {
    withdraw(probe);
  }
  if (ask.is_proof) {
    proofs_.push_back(probe.id);
  } else {
    strategy_->asked(probe.id);
  }
}

/// Sends the RST that this host's kernel would send on receiving the answer.
void Engine::withdraw(const model::Probe& probe) {
  ProbeShape shape = bare_syn();
  shape.flags = wire::TcpFlag::Rst;
  shape.dont_fragment = true;
  model::Probe reset = probe;
  reset.ttl = Ttl{model::kFullTtl};
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

}  // namespace synroute::engine
