// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The packet encoding that a simulated path needs. It does not use `src/wire`, so that an error
/// there cannot hide itself.
namespace synroute::lab {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/// Protocol and message numbers (IANA) that the lab uses.
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kIcmp6 = 58;

/// Reads two or four bytes in network order; the caller has checked that they are there.
[[nodiscard]] constexpr std::uint16_t read16(View bytes, std::size_t at) {
  return static_cast<std::uint16_t>((bytes[at] << 8U) | bytes[at + 1]);
}
[[nodiscard]] constexpr std::uint32_t read32(View bytes, std::size_t at) {
  return (std::uint32_t{read16(bytes, at)} << 16U) | read16(bytes, at + 2);
}

constexpr void write16(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
constexpr void write32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  write16(bytes, at, value >> 16U);
  write16(bytes, at + 2, value & 0xffffU);
}

/// The 16-bit words of `bytes` added to `sum`, not folded (RFC 1071); an odd last byte is padded.
[[nodiscard]] constexpr std::uint32_t add_words(View bytes, std::uint32_t sum = 0) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    sum += at % 2 == 0 ? std::uint32_t{bytes[at]} << 8U : std::uint32_t{bytes[at]};
  }
  return sum;
}

/// The one's complement of the folded sum: the value of a checksum field.
[[nodiscard]] constexpr std::uint16_t fold(std::uint32_t sum) {
  while (sum > 0xffffU) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(~sum);
}

/// One IPv4 or IPv6 datagram without extension headers: where its parts are.
struct Layout {
  bool is_v6 = false;
  std::size_t header = 0;     ///< bytes before the transport header
  std::size_t address = 0;    ///< bytes of one address
  std::size_t source = 0;     ///< offset of the source address
  std::size_t ttl = 0;        ///< offset of TTL or hop limit
  std::uint8_t protocol = 0;  ///< of the transport header

  [[nodiscard]] std::size_t destination() const { return source + address; }
};

/// False if the bytes are not a datagram that the lab handles: wrong version, truncated.
[[nodiscard]] bool find_layout(View packet, Layout& layout);

/// An IP header for `payload` bytes of `protocol`, from `source` to `destination`.
[[nodiscard]] Bytes make_header(
    View source, View destination, std::uint8_t protocol, std::uint8_t ttl, std::size_t payload);

/// Writes the transport checksum at `at` bytes into the transport header, pseudo header included
/// if the protocol has one (ICMPv4 has none), and the IPv4 header's own.
void seal(Bytes& packet, const Layout& layout, std::size_t at);

}  // namespace synroute::lab
