// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace synroute::wire {

/// How a checksum in a received packet was judged. Unknown: not all bytes were there, or the kernel
/// says it was never filled in (offload).
enum class Checksum : std::uint8_t { Good, Bad, Unknown };

/// The Internet checksum (RFC 1071): one's complement sum of 16-bit words. Parts may be added one
/// after another when all but the last have an even length.
class InternetSum {
 public:
  constexpr InternetSum& add(std::span<const std::uint8_t> bytes) {
    // 32 bits at a time: 2^16 is 1 modulo 0xffff, so wide words fold to the same sum (RFC 1071 §2).
    // 64 bits hold 2^32 of them.
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
      sum_ += std::uint32_t{bytes[i]} << 24 | std::uint32_t{bytes[i + 1]} << 16
              | std::uint32_t{bytes[i + 2]} << 8 | bytes[i + 3];
    }
    for (; i < bytes.size(); ++i) {
      sum_ += std::uint32_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
    }
    return *this;
  }
  constexpr InternetSum& add(std::uint32_t word) {
    sum_ += word;
    return *this;
  }

  /// The sum itself: 0xffff over data that holds its own right checksum.
  [[nodiscard]] constexpr std::uint16_t folded() const {
    std::uint64_t sum = sum_;
    while (sum > 0xffff) {
      sum = (sum >> 16) + (sum & 0xffff);
    }
    return static_cast<std::uint16_t>(sum);
  }
  /// What goes into the checksum field.
  [[nodiscard]] constexpr std::uint16_t checksum() const {
    return static_cast<std::uint16_t>(~folded());
  }
  /// The verdict over data that holds its checksum.
  [[nodiscard]] constexpr Checksum verdict() const {
    return folded() == 0xffff ? Checksum::Good : Checksum::Bad;
  }

 private:
  std::uint64_t sum_ = 0;
};

/// RFC 1071 over one piece of memory.
[[nodiscard]] constexpr std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  return InternetSum{}.add(bytes).checksum();
}

/// The sum of the pseudo header that TCP, UDP and ICMPv6 include (RFC 9293 §3.1, RFC 8200 §8.1).
[[nodiscard]] constexpr InternetSum pseudo_header(
    const IpAddress& source,
    const IpAddress& destination,
    std::uint8_t protocol,
    std::size_t length) {
  InternetSum sum;
  sum.add(source.bytes()).add(destination.bytes());
  return sum.add(static_cast<std::uint32_t>(length)).add(protocol);
}

}  // namespace synroute::wire
