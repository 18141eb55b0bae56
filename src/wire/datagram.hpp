// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/icmp.hpp"
#include "wire/ip.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace synroute::wire {

struct TcpSegment {
  TcpHeader header;
  std::vector<std::uint8_t> payload;
  Checksum checksum = Checksum::Unknown;
  friend bool operator==(const TcpSegment&, const TcpSegment&) = default;
};

struct UdpDatagram {
  Port source_port;
  Port destination_port;
  std::vector<std::uint8_t> payload;
  Checksum checksum = Checksum::Unknown;
  friend bool operator==(const UdpDatagram&, const UdpDatagram&) = default;
};

/// Anything else, and every fragment but the first: bytes behind the IP header.
struct OtherPayload {
  std::vector<std::uint8_t> bytes;
  friend bool operator==(const OtherPayload&, const OtherPayload&) = default;
};

/// A whole IP packet as a value.
struct Datagram {
  IpHeader ip;
  std::variant<TcpSegment, IcmpMessage, UdpDatagram, OtherPayload> body;

  [[nodiscard]] const TcpSegment* tcp() const { return std::get_if<TcpSegment>(&body); }
  [[nodiscard]] const IcmpMessage* icmp() const { return std::get_if<IcmpMessage>(&body); }
  [[nodiscard]] const UdpDatagram* udp() const { return std::get_if<UdpDatagram>(&body); }
  friend bool operator==(const Datagram&, const Datagram&) = default;
};

/// How the checksum of the transport header was judged; Unknown where there is none.
[[nodiscard]] Checksum checksum(const Datagram& datagram);

/// Reads one IP packet (no link header). Trailing bytes beyond the total length are ignored; a
/// packet shorter than its total length is Truncated only when a header does not fit: a cut payload
/// is kept, with checksum Unknown. Never reads past `packet`.
[[nodiscard]] std::expected<Datagram, DissectError> dissect(std::span<const std::uint8_t> packet);

/// Writes the packet with lengths and checksums computed (`checksum` and `quote` fields are
/// ignored: an ICMP message is its rest and its payload).
[[nodiscard]] std::vector<std::uint8_t> bytes(const Datagram& datagram);

}  // namespace synroute::wire
