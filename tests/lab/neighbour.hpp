// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet_bytes.hpp"

#include <optional>

/// The other end of an Ethernet link, as far as a host needs one: it says that every address is
/// its own (ARP of RFC 826, neighbour discovery of RFC 4861 §7.2.4).
namespace synroute::lab {

inline constexpr std::size_t kFrameHeader = 14;

/// The answer to a question of ARP or neighbour discovery; nothing when the frame is neither.
[[nodiscard]] std::optional<Bytes> answer_neighbour(View frame);

/// True when the frame carries an IPv4 or IPv6 datagram.
[[nodiscard]] bool carries_datagram(View frame);

/// The frame that takes `datagram` back to the sender of `question`.
[[nodiscard]] Bytes frame_back(View question, View datagram);

}  // namespace synroute::lab
