// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace synroute {

/// The IPv4 address that an IPv4-mapped one stands for (::ffff:192.0.2.1, RFC 4291 §2.5.5.2), which
/// is never sent as IPv6; any other address as it is.
[[nodiscard]] inline IpAddress unmapped(const IpAddress& address) {
  constexpr std::size_t kPrefixZeros = 10;
  const auto bytes = address.bytes();
  if (address.family() != Family::V6 || bytes[10] != 0xff || bytes[11] != 0xff
      || std::ranges::any_of(
          bytes.first(kPrefixZeros), [](std::uint8_t byte) { return byte != 0; })) {
    return address;
  }
  std::uint32_t bits = 0;
  for (const std::uint8_t byte : bytes.subspan(12)) {
    bits = bits << 8 | byte;
  }
  return IpAddress::v4(bits);
}

}  // namespace synroute
