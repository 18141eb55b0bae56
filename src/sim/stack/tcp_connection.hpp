// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

/// The state of a TCP connection at the server, and a received segment.
namespace synroute::sim {

/// The two ends of a TCP connection as the stack sees them.
struct ConnectionKey {
  IpAddress remote;
  IpAddress local;
  std::uint16_t remote_port = 0;
  std::uint16_t local_port = 0;
  [[nodiscard]] std::uint64_t hash() const;
  friend bool operator==(const ConnectionKey&, const ConnectionKey&) = default;
};

struct ConnectionKeyHash {
  std::size_t operator()(const ConnectionKey& key) const noexcept { return key.hash(); }
};

enum class ConnectionState : std::uint8_t { SynReceived, Established, LastAck };

/// The state a server keeps per connection.
struct Connection {
  ConnectionState state = ConnectionState::SynReceived;
  std::uint32_t own_isn = 0;
  std::uint32_t peer_isn = 0;
  std::uint32_t receive_next = 0;
  std::uint32_t send_next = 0;
  std::optional<std::uint32_t> peer_stamp;  ///< set when timestamps are negotiated
  bool sack = false;
  bool scaled = false;
  bool ecn = false;
  int repeats = 0;                      ///< SYN|ACKs repeated by the timer
  std::optional<Instant> last_limited;  ///< last answer under tcp_invalid_ratelimit
  std::uint64_t generation = 0;         ///< timers of older generations are ignored
};

/// A received segment and the fields the stack needs.
struct ReceivedSegment {
  ConnectionKey key;
  wire::TcpHeader header;
  std::size_t payload = 0;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;

  [[nodiscard]] bool has(wire::TcpFlag flag) const { return header.flags.has(flag); }
  /// SEG.LEN: SYN and FIN count one each.
  [[nodiscard]] std::uint32_t length() const {
    return static_cast<std::uint32_t>(payload) + (has(wire::TcpFlag::Syn) ? 1U : 0U)
           + (has(wire::TcpFlag::Fin) ? 1U : 0U);
  }
  [[nodiscard]] std::uint32_t end() const { return header.sequence + length(); }
};

}  // namespace synroute::sim
