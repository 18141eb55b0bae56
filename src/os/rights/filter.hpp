// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/filter.h>

namespace synroute::os {

/// A classic BPF program for SO_ATTACH_FILTER.
using FilterProgram = std::vector<sock_filter>;

/// What a tracer wants to hear: TCP from its targets to its own ports, and ICMP errors.
struct FilterRequest {
  Family family = Family::V4;
  std::vector<IpAddress> targets;  ///< empty: TCP from anybody
  std::vector<Port> ports;         ///< empty: TCP to any port
  /// Besides those, SYN|ACKs and resets from anybody to any port: where this host translates its
  /// own packets, answers arrive with addresses and ports that are not known in advance.
  bool any_answer = false;
};

/// The program for packets that begin with their IP header (AF_PACKET, SOCK_DGRAM). It accepts the
/// ICMP types 3, 4, 5, 11 and 12 (ICMPv6 1 to 4), whatever they quote, and TCP as requested; never
/// packets for other hosts (promiscuous mode), and never a fragment but the first. What it cannot
/// decide cheaply it accepts: IPv6 packets with extension headers, targets beyond kMaxTargets,
/// ports beyond kMaxPortRanges runs. So whoever reads the socket looks again.
[[nodiscard]] FilterProgram receive_filter(const FilterRequest& request);

/// The program for TCP segments that this host sends (PACKET_OUTGOING) and whose flags, of FIN,
/// SYN, RST and ACK, are exactly these. IPv6 packets with extension headers are not looked into.
[[nodiscard]] FilterProgram outgoing_filter(Family family, std::uint8_t tcp_flags);

/// The program for a raw TCP socket, which gets IPv4 packets with their IP header and IPv6 packets
/// without: SYN|ACKs and resets to these ports; to any port when there are none.
[[nodiscard]] FilterProgram delivered_filter(Family family, const std::vector<Port>& ports);

inline constexpr std::size_t kMaxTargets = 16;
inline constexpr std::size_t kMaxPortRanges = 16;

/// Attaches the program; throws SystemError.
void attach_filter(int descriptor, const FilterProgram& program);

}  // namespace synroute::os
