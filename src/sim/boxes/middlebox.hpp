// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/stack/packet.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Which way a packet goes through a router, seen from the prober.
enum class Direction : std::uint8_t { Outbound, Inbound };

/// What a box may know and do while it handles one packet.
struct BoxContext {
  Direction direction = Direction::Outbound;
  Instant now;
  bool own = false;              ///< made by the router itself: an ICMP error, a forged RST
  std::vector<Packet>& emitted;  ///< packets the box sends; the router routes them
  [[nodiscard]] bool outbound() const { return direction == Direction::Outbound; }
};

enum class BoxAction : std::uint8_t { Pass, Drop };

/// The TTL of segments and ICMP errors that boxes send, as Linux sends them.
inline constexpr std::uint8_t kBoxTtl = 64;

/// Something in a router that changes, stops or answers packets in transit. The hooks are Linux':
/// `enter` comes before TTL and routing (PREROUTING), `forward` after routing and the TTL decrement
/// (FORWARD), `leave` last and for the router's own packets too (POSTROUTING). Owned by its router.
class Middlebox {
 public:
  Middlebox() = default;
  Middlebox(const Middlebox&) = delete;
  Middlebox& operator=(const Middlebox&) = delete;
  virtual ~Middlebox() = default;

  [[nodiscard]] virtual BoxAction enter(Packet& packet, BoxContext& context);
  [[nodiscard]] virtual BoxAction forward(Packet& packet, BoxContext& context);
  [[nodiscard]] virtual BoxAction leave(Packet& packet, BoxContext& context);

  /// When advance() must be called; nothing for boxes without timers.
  [[nodiscard]] virtual std::optional<Instant> deadline() const;
  virtual void advance(Instant now, std::vector<Packet>& emitted);
};

/// The first address of a router per family: the source of what its boxes send in their own name.
struct BoxAddresses {
  std::optional<IpAddress> v4;
  std::optional<IpAddress> v6;
  [[nodiscard]] const std::optional<IpAddress>& of(Family family) const {
    return family == Family::V4 ? v4 : v6;
  }
};

}  // namespace synroute::sim
