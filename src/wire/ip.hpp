// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "wire/ipv6_chain.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace synroute::wire {

/// IANA protocol numbers a path tracer meets.
enum class Protocol : std::uint8_t { Icmp = 1, Tcp = 6, Udp = 17, Icmp6 = 58 };

/// What IPv4 (RFC 791) and IPv6 (RFC 8200) headers say, as one value; the addresses tell which.
struct IpHeader {
  IpAddress source;
  IpAddress destination;
  Ttl ttl;                       ///< IPv6: hop limit
  std::uint8_t tos = 0;          ///< IPv6: traffic class; DSCP << 2 | ECN
  std::uint8_t protocol = 0;     ///< IPv6: the last next header reached
  std::uint16_t id = 0;          ///< IPv4; IPv6: low half of the fragment header's
  std::uint32_t flow_label = 0;  ///< IPv6 only, 20 bits
  bool dont_fragment = false;    ///< IPv4 only
  bool more_fragments = false;
  std::uint16_t fragment_offset = 0;  ///< bytes
  bool has_options = false;           ///< IPv4 options or IPv6 extension headers
  std::size_t header_size = 0;   ///< bytes read, extension headers included; ignored when writing
  std::size_t total_length = 0;  ///< bytes as the header claims; computed when writing

  [[nodiscard]] Family family() const { return destination.family(); }
  friend bool operator==(const IpHeader&, const IpHeader&) = default;
};

/// Why bytes are not a packet.
enum class DissectError : std::uint8_t { NotIp, Truncated, BadHeader };
[[nodiscard]] std::string_view describe(DissectError error);

/// An IP header as read, with what it takes to go on from there.
struct IpHeaderRead {
  IpHeader header;
  HeaderEnd end = HeaderEnd::Complete;
  /// A routing header has hops to go: the pseudo header's destination is not in the IP header.
  bool source_routed = false;
};

/// Reads the IPv4 header with its options or the IPv6 header with its chain of hop-by-hop, routing,
/// destination, fragment and authentication headers (RFC 8200 §4, RFC 4302). Believes no length:
/// what `total_length` claims is for the caller to judge. Fails when the fixed part (20 or 40
/// bytes) is not there or is no IP header.
[[nodiscard]] std::expected<IpHeaderRead, DissectError> read_ip_header(
    std::span<const std::uint8_t> packet);

}  // namespace synroute::wire
