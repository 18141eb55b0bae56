// SPDX-License-Identifier: Apache-2.0
#include "replay/data_probes.hpp"

#include "model/limits.hpp"

#include <algorithm>

namespace synroute::replay {

void DataProbes::note(const CapturedPacket& packet) {
  if (packet.datagram.tcp() != nullptr) {
    note_segment(packet.datagram);
  } else if (is_time_exceeded(packet.datagram)) {
    note_exceeded(packet.datagram);
  }
}

void DataProbes::note_segment(const wire::Datagram& datagram) {
  const wire::TcpSegment& segment = *datagram.tcp();
  const int ttl = datagram.ip.ttl.value();
  if (!segment.payload.empty() && ttl < model::kInitialTtls.front() && !is_syn(datagram)) {
    const ConnectionKey sent = *forward_key(datagram);
    ttls_[{sent, segment.header.sequence, datagram.ip.id}] = ttl;
    last_ttls_[sent] = ttl;
  }
  if (!segment.header.flags.has(wire::TcpFlag::Rst)) {
    return;
  }
  const ConnectionKey received = *reverse_key(datagram);
  const auto last = last_ttls_.find(received);
  if (last != last_ttls_.end() && (found_.size() < kKeysMax || found_.contains(received.key))) {
    ExpiredData& data = found_[received.key];
    ++data.resets;
    data.ttl_before_reset = data.ttl_before_reset.value_or(last->second);
  }
}

void DataProbes::note_exceeded(const wire::Datagram& datagram) {
  const auto quoted = quoted_key(datagram);
  const wire::IcmpMessage* message = datagram.icmp();
  if (!quoted || !message->quote->ip) {
    return;
  }
  const auto sent = ttls_.find({*quoted, message->quote->tcp->sequence, message->quote->ip->id});
  if (sent == ttls_.end() || (found_.size() >= kKeysMax && !found_.contains(quoted->key))) {
    return;
  }
  ExpiredData& data = found_[quoted->key];
  if (data.hops.size() < kHopsMax) {
    data.hops.insert({sent->second, datagram.ip.source});
  }
}

std::vector<ExpiredData> DataProbes::take() {
  std::vector<ExpiredData> result;
  for (auto& [key, data] : found_) {
    if (!data.hops.empty()) {
      data.key = key;
      result.push_back(std::move(data));
    }
  }
  return result;
}

}  // namespace synroute::replay
