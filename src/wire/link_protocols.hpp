// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/reader.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace synroute::wire {

// The IP packet behind a link header; nothing when there is none or the frame is cut.

using MaybePacket = std::optional<std::span<const std::uint8_t>>;

/// What follows an EtherType: IP, or VLAN tags of any kind, MPLS labels, PPPoE with IP behind them.
[[nodiscard]] MaybePacket ip_in_ether_type(std::uint16_t type, Reader frame);
/// Ethernet II, or 802.3 with LLC and SNAP.
[[nodiscard]] MaybePacket ip_in_ethernet(Reader frame);
/// LLC and SNAP (IEEE 802.2, RFC 1042).
[[nodiscard]] MaybePacket ip_in_llc(Reader frame);
/// PPPoE session frames (RFC 2516).
[[nodiscard]] MaybePacket ip_in_pppoe(Reader frame);
/// With or without address and control, and with a protocol of one byte or two (RFC 1661, 1662).
[[nodiscard]] MaybePacket ip_in_ppp(Reader frame);
[[nodiscard]] MaybePacket ip_in_cisco_hdlc(Reader frame);
[[nodiscard]] MaybePacket ip_in_ppp_or_cisco_hdlc(Reader frame);

/// The packet inside an IP packet: IP in IP (RFC 2003, 4213, 2473) or GRE (RFC 2784, 2890), one
/// level. Nothing when the packet carries none, or is a fragment.
[[nodiscard]] MaybePacket tunnelled_packet(std::span<const std::uint8_t> packet);

}  // namespace synroute::wire
