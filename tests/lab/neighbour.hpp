// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet_bytes.hpp"

#include <optional>

/// The other end of an Ethernet link: it answers address resolution for every address (ARP, RFC
/// 826; neighbour discovery, RFC 4861 §7.2.4).
namespace synroute::lab {

inline constexpr std::size_t kFrameHeader = 14;

/// The answer to an ARP request or neighbour solicitation; empty for other frames.
[[nodiscard]] std::optional<Bytes> answer_neighbour(View frame);

/// True when the frame carries an IPv4 or IPv6 datagram.
[[nodiscard]] bool carries_datagram(View frame);

/// A frame with `datagram`, addressed to the sender of `question`.
[[nodiscard]] Bytes frame_back(View question, View datagram);

}  // namespace synroute::lab
