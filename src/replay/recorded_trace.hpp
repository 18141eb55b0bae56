// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/probe.hpp"
#include "replay/packet_store.hpp"
#include "wire/datagram.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace synroute::replay {

/// What all probes of one trace have in common.
struct TraceKey {
  IpAddress source;
  IpAddress target;
  Port port;
  friend auto operator<=>(const TraceKey&, const TraceKey&) = default;
};

/// A captured probe, or a captured packet that may answer one. Small, because a capture can hold
/// hundreds of thousands: a dissected packet takes ten times as much.
struct RecordedPacket {
  WallTime at;
  std::span<const std::uint8_t> bytes;  ///< in RecordedTrace::store; dissect() reads them
  std::uint32_t sequence = 0;           ///< of a probe
  Port source_port;                     ///< of a probe
  Ttl ttl;
  bool is_probe = false;
  model::ProbeRole role = model::ProbeRole::Hop;  ///< of a probe
  int attempt = 1;                                ///< of a probe; counts as in model::Probe

  [[nodiscard]] wire::Datagram datagram() const { return *wire::dissect(bytes); }
};

/// One trace as captured.
struct RecordedTrace {
  TraceKey key;
  Port source_port;
  int first_ttl = 1;
  int last_ttl = 1;
  int queries = 1;                ///< probes sent with the first TTL
  std::size_t packet_length = 0;  ///< bytes of the first probe, IP header included
  std::size_t probes = 0;
  std::vector<RecordedPacket> packets;  ///< in the order of time; the first is a probe
  std::shared_ptr<const PacketStore> store;
};

}  // namespace synroute::replay
