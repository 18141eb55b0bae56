// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/stack/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Fragments an IPv4 packet without DF so that each piece fits `mtu` (RFC 791 §3.2). Options are
/// not copied.
[[nodiscard]] std::vector<Packet> fragment(const Packet& packet, std::size_t mtu);

/// Reassembles fragmented IPv4 packets. Bounded in number and time.
class Reassembly {
 public:
  /// The whole packet when `piece` was the last missing one.
  [[nodiscard]] std::optional<Packet> add(const Packet& piece, Instant now);

 private:
  struct Piece {
    std::size_t offset = 0;
    std::vector<std::uint8_t> payload;
  };
  struct Partial {
    IpAddress source;
    IpAddress destination;
    std::uint16_t id = 0;
    std::uint8_t protocol = 0;
    Instant started;
    std::vector<std::uint8_t> header;   ///< of the first fragment
    std::optional<std::size_t> length;  ///< known with the last fragment
    std::vector<Piece> pieces;
  };
  [[nodiscard]] Partial& partial_for(const Packet& piece, Instant now);
  [[nodiscard]] static std::optional<Packet> complete(const Partial& partial);

  std::vector<Partial> partials_;
};

}  // namespace synroute::sim
