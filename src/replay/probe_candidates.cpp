// SPDX-License-Identifier: Apache-2.0
#include "replay/probe_candidates.hpp"

#include "model/limits.hpp"

namespace synroute::replay {

using wire::TcpFlag;

SynForm form_of(const wire::Datagram& syn) {
  SynForm form = syn.ip.total_length << 1U | (syn.ip.dont_fragment ? 1U : 0U);
  for (const wire::TcpOption& option : syn.tcp()->header.options.list()) {
    form = form * 251 + option.kind;
  }
  return form;
}

ProbeCandidates::ProbeCandidates(const Capture& capture) {
  capture.for_each([this](const CapturedPacket& packet) { note(packet); });
}

bool ProbeCandidates::is_ordinary(const TraceKey& key, const Syn& syn) const {
  const auto use = uses_.find({.key = key, .port = syn.port});
  return use != uses_.end() && use->second.is_ordinary();
}

void ProbeCandidates::note(const CapturedPacket& packet) {
  data_.note(packet);
  if (is_syn(packet.datagram)) {
    note_syn(packet);
  } else if (packet.datagram.tcp() != nullptr) {
    note_segment(packet.datagram);
  } else if (const auto quoted = quoted_key(packet.datagram);
             quoted && is_time_exceeded(packet.datagram)) {
    exceeded_.insert(quoted->key);
    if (const auto use = uses_.find(*quoted); use != uses_.end()) {
      use->second.exceeded = true;
    }
  }
}

void ProbeCandidates::note_syn(const CapturedPacket& packet) {
  const int ttl = packet.datagram.ip.ttl.value();
  if (packet.outgoing == false || ttl == 0) {
    return;
  }
  const ConnectionKey connection = *forward_key(packet.datagram);
  syns_[connection.key].push_back(
      {.at = packet.at, .ttl = ttl, .port = connection.port, .form = form_of(packet.datagram)});
  if (ttl < model::kInitialTtls.front()) {
    uses_.try_emplace(connection);
  }
}

void ProbeCandidates::note_segment(const wire::Datagram& datagram) {
  const auto use = uses_.find(*forward_key(datagram));
  if (use == uses_.end()) {
    return;
  }
  const wire::TcpFlags flags = datagram.tcp()->header.flags;
  use->second.sent_data |= !datagram.tcp()->payload.empty();
  use->second.closed |= flags.has(TcpFlag::Rst) || flags.has(TcpFlag::Fin);
  use->second.acknowledged |= flags.has(TcpFlag::Ack) && !flags.has(TcpFlag::Rst);
}

}  // namespace synroute::replay
