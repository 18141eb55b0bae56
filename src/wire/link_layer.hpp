// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace synroute::wire {

/// What stands before the IP header in a capture (the LINKTYPE_ registry of tcpdump.org).
enum class LinkType : std::uint16_t {
  Null = 0,  ///< BSD loopback
  Ethernet = 1,
  RawOld = 12,  ///< nothing, as older files of some systems have it
  Raw = 101,    ///< nothing
  Loop = 108,   ///< OpenBSD loopback
  LinuxCooked = 113,
  Ipv4 = 228,
  Ipv6 = 229,
  LinuxCooked2 = 276,
};

/// The packet inside a frame.
struct LinkPayload {
  std::span<const std::uint8_t> packet;
  std::optional<bool> outgoing;  ///< sent by the capturing host; known in Linux cooked frames
};

/// Takes the link header off, VLAN tags included. Nothing when the frame carries no IP or is cut,
/// or the link type is unknown.
[[nodiscard]] std::optional<LinkPayload> ip_payload(
    LinkType link_type, std::span<const std::uint8_t> frame);

}  // namespace synroute::wire
