// SPDX-License-Identifier: Apache-2.0
#pragma once

// Packets and bytes that several tests, benchmarks and fuzz corpora start from.

#include "base/random.hpp"
#include "wire/datagram.hpp"
#include "wire/icmp_error.hpp"
#include "wire/icmp_extension.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::wire::testing {

using Bytes = std::vector<std::uint8_t>;

/// "2000 993a" as two bytes each; blanks do not count.
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char digit : text) {
    const std::size_t value = std::string_view{"0123456789abcdef"}.find(digit);
    if (value == std::string_view::npos) {
      continue;
    }
    if (high < 0) {
      high = static_cast<int>(value);
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | static_cast<int>(value)));
      high = -1;
    }
  }
  return bytes;
}

inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

inline IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

inline IpHeader ip_header(Family family) {
  IpHeader ip;
  const bool v4 = family == Family::V4;
  ip.source = address(v4 ? "192.0.2.7" : "2001:db8::7");
  ip.destination = address(v4 ? "203.0.113.80" : "2001:db8:1::80");
  ip.ttl = Ttl{3};
  ip.id = v4 ? 17 : 0;
  ip.flow_label = v4 ? 0 : 0x12345;
  return ip;
}

/// The SYN of a Linux host: 60 or 80 bytes on the wire.
inline Datagram syn(Family family) {
  TcpSegment segment;
  segment.header.source_port = Port{45002};
  segment.header.destination_port = Port{443};
  segment.header.sequence = 1;
  segment.header.flags = TcpFlag::Syn;
  segment.header.window = 64240;
  segment.header.options.maximum_segment_size(1460)
      .sack_permitted()
      .timestamps({.value = 305419896, .echo = 0})
      .no_operation()
      .window_scale(7);
  return {ip_header(family), segment};
}

/// Time exceeded for syn(), from a router with two labels on the packet.
inline Datagram time_exceeded(Family family) {
  Datagram offending = syn(family);
  offending.ip.ttl = Ttl{1};
  const Bytes quoted = bytes(offending);
  Extensions extensions;
  extensions.mpls = {{29657, 0, false, 1}, {25437, 0, true, 1}};
  const Bytes extension = encode(extensions);
  IpHeader ip = ip_header(family);
  ip.destination = ip.source;
  ip.source = address(family == Family::V4 ? "198.51.100.1" : "2001:db8:f::1");
  ip.ttl = Ttl{250};
  const bool v4 = family == Family::V4;
  return {
      ip,
      make_icmp_error(
          family,
          {.type = static_cast<std::uint8_t>(v4 ? 11 : 3),
           .offending = quoted,
           .extension = extension})};
}

inline Bytes random_bytes(Random& random, std::size_t size_max) {
  Bytes bytes(random.below(size_max + 1));
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(random.next());
  }
  return bytes;
}

}  // namespace synroute::wire::testing
