// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace synroute::wire {

/// How far the headers of a packet could be followed.
enum class HeaderEnd : std::uint8_t {
  Complete,   ///< to the transport header
  Cut,        ///< options or an extension header go on behind the last byte
  Malformed,  ///< more extension headers than kIpv6ExtensionsMax
};

/// RFC 8200 §4.1 lists seven extension headers, one of them twice; a longer chain is an attack or
/// an error.
inline constexpr int kIpv6ExtensionsMax = 16;

/// The fields of a fragment header (RFC 8200 §4.5).
struct Ipv6Fragment {
  std::uint16_t offset = 0;  ///< bytes
  bool more = false;
  std::uint32_t id = 0;
};

/// The extension headers between the fixed IPv6 header and the transport header.
struct Ipv6Chain {
  /// The first next-header value that is not walked: a transport protocol, ESP (50), no next header
  /// (59), or, when `end` is not Complete, the extension header at which the walk stopped.
  std::uint8_t protocol = 0;
  std::size_t size = 0;  ///< bytes of all headers walked
  HeaderEnd end = HeaderEnd::Complete;
  bool has_headers = false;  ///< at least one extension header is announced, even if it is cut
  /// A routing header has segments left: the destination of the pseudo header is not in the IP
  /// header (RFC 8200 §8.1).
  bool source_routed = false;
  std::optional<Ipv6Fragment> fragment;  ///< of the last fragment header
};

/// Walks hop-by-hop, routing, destination-options, fragment (RFC 8200 §4) and authentication
/// headers (RFC 4302) from `bytes`, which follow the fixed header whose next-header field is
/// `next_header`. Stops behind a fragment header with an offset: what follows continues another
/// packet. ESP ends the chain because everything behind it is encrypted (RFC 4303).
[[nodiscard]] Ipv6Chain walk_ipv6_chain(
    std::uint8_t next_header, std::span<const std::uint8_t> bytes);

}  // namespace synroute::wire
