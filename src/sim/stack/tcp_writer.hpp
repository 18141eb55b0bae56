// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"
#include "sim/stack/tcp_connection.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <utility>

namespace synroute::sim {

/// A TCP segment as a packet with IP ID 0 and DF, as Linux sends SYN|ACKs and resets.
[[nodiscard]] Packet tcp_packet(
    const IpAddress& source,
    const IpAddress& destination,
    std::uint8_t ttl,
    std::uint8_t tos,
    const wire::TcpHeader& header);

/// Builds a server's segments: sequence numbers, options and window as Linux chooses them.
/// Does not decide when they are sent.
class TcpWriter {
 public:
  TcpWriter(HostSettings settings, std::uint64_t seed)
      : settings_{std::move(settings)}, seed_{seed} {}

  [[nodiscard]] const HostSettings& settings() const { return settings_; }
  /// The options both ends agree on after the SYN. `cookie`: no state is kept at this end.
  [[nodiscard]] Connection agree(
      const ReceivedSegment& segment, std::uint32_t isn, bool cookie) const;
  [[nodiscard]] std::uint16_t window(Family family, const Connection& connection) const;
  [[nodiscard]] std::uint32_t fresh_isn(const ConnectionKey& key, Instant now) const;
  [[nodiscard]] std::uint32_t cookie(const ConnectionKey& key, std::uint32_t peer_isn) const;

  [[nodiscard]] Packet syn_ack(
      const ConnectionKey& key, const Connection& connection, Instant now) const;
  [[nodiscard]] Packet acknowledge(
      const ConnectionKey& key,
      const Connection& connection,
      Instant now,
      wire::TcpFlags extra = {}) const;
  [[nodiscard]] Packet reset(const ReceivedSegment& segment) const;

 private:
  [[nodiscard]] std::uint16_t own_mss(Family family) const;
  [[nodiscard]] std::uint32_t stamp(const ConnectionKey& key, Instant now) const;

  HostSettings settings_;
  std::uint64_t seed_;
};

}  // namespace synroute::sim
