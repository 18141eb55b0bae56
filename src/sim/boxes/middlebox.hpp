// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Which way a packet goes through a router, seen from the prober.
enum class Direction : std::uint8_t { Outbound, Inbound };

/// What a box may know and do while it looks at one packet.
struct Passage {
  Direction direction = Direction::Outbound;
  Instant now;
  bool own = false;              ///< made by the router itself: an ICMP error, a forged RST
  std::vector<Packet>& emitted;  ///< packets the box sends; the router routes them

  [[nodiscard]] bool outbound() const { return direction == Direction::Outbound; }
};

enum class Verdict : std::uint8_t { Pass, Drop };

/// Something in a router that changes, stops or answers what passes. The hooks are Linux': `enter`
/// comes before TTL and routing (PREROUTING), `forward` after routing and the TTL decrement
/// (FORWARD), `leave` last and for the router's own packets too (POSTROUTING). Owned by its router.
class Middlebox {
 public:
  Middlebox() = default;
  Middlebox(const Middlebox&) = delete;
  Middlebox& operator=(const Middlebox&) = delete;
  virtual ~Middlebox() = default;

  [[nodiscard]] virtual Verdict enter(Packet& packet, Passage& passage);
  [[nodiscard]] virtual Verdict forward(Packet& packet, Passage& passage);
  [[nodiscard]] virtual Verdict leave(Packet& packet, Passage& passage);
  /// When advance() must be called, if the box has anything of its own to do.
  [[nodiscard]] virtual std::optional<Instant> deadline() const;
  virtual void advance(Instant now, std::vector<Packet>& emitted);
};

/// `address` answers for the box where it must speak in its own name (ICMP rejects); by family.
struct BoxHome {
  std::optional<IpAddress> v4;
  std::optional<IpAddress> v6;
};
[[nodiscard]] std::unique_ptr<Middlebox> make_box(
    const BoxSettings& settings, const BoxHome& home, std::uint64_t seed);

}  // namespace synroute::sim
