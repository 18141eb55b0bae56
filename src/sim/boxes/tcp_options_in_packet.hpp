// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/stack/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace synroute::sim {

/// One TCP option inside a packet.
struct PlacedOption {
  std::uint8_t kind = 0;
  std::size_t at = 0;    ///< of its kind byte, from the start of the packet
  std::size_t size = 0;  ///< kind and length bytes included
};

/// The options of a packet with a whole TCP header, without NOPs and end-of-list; up to the first
/// one whose length is wrong.
[[nodiscard]] std::vector<PlacedOption> placed_options(const Packet& packet);

[[nodiscard]] inline bool is_syn(const Packet& packet) {
  return packet.has_tcp() && packet.tcp_flags().has(wire::TcpFlag::Syn);
}

}  // namespace synroute::sim
