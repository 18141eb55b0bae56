// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace synroute::wire {

/// What stands before the IP header in a capture (the LINKTYPE_ registry of tcpdump.org).
enum class LinkType : std::uint16_t {
  Null = 0,  ///< BSD loopback
  Ethernet = 1,
  Ppp = 9,
  RawOld = 12,       ///< nothing, as older files of some systems have it
  RawOpenBsd = 14,   ///< nothing, as OpenBSD numbers it
  PppHdlc = 50,      ///< PPP or Cisco HDLC
  PppEthernet = 51,  ///< PPPoE without Ethernet
  AtmRfc1483 = 100,  ///< LLC
  Raw = 101,         ///< nothing
  CiscoHdlc = 104,
  Wifi = 105,
  Loop = 108,  ///< OpenBSD loopback
  LinuxCooked = 113,
  PfLog = 117,
  WifiRadiotap = 127,
  PktapOld = 149,  ///< as older systems of Apple number it
  PppPppd = 166,   ///< a byte for the direction, PPP
  PppDirection = 204,
  CiscoHdlcDirection = 205,
  Ipv4 = 228,
  Ipv6 = 229,
  NfLog = 239,
  Pktap = 258,
  LinuxCooked2 = 276,
};

/// The packet inside a frame.
struct LinkPayload {
  std::span<const std::uint8_t> packet;
  /// Sent by the capturing host; absent where the link header does not say.
  std::optional<bool> outgoing;
};

/// Takes the link header off, and VLAN tags, MPLS labels and PPPoE. Nothing when the frame carries
/// no IP, is encrypted or cut, or the link type is not read.
[[nodiscard]] std::optional<LinkPayload> ip_payload(
    LinkType link_type, std::span<const std::uint8_t> frame);

/// Whether ip_payload() reads frames of this type.
[[nodiscard]] bool is_read(LinkType link_type);

/// The name in the registry, without "LINKTYPE_"; empty for one that is not in the table.
[[nodiscard]] std::string_view name_of(LinkType link_type);

}  // namespace synroute::wire
