// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "wire/tcp_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace synroute::wire {

/// The control bits of RFC 9293 §3.1, and AE of RFC 9768.
enum class TcpFlag : std::uint16_t {
  Fin = 0x001,
  Syn = 0x002,
  Rst = 0x004,
  Psh = 0x008,
  Ack = 0x010,
  Urg = 0x020,
  Ece = 0x040,
  Cwr = 0x080,
  Ae = 0x100,
};

/// A set of control bits.
class TcpFlags {
 public:
  constexpr TcpFlags() = default;
  constexpr explicit TcpFlags(std::uint16_t bits)
      : bits_{static_cast<std::uint16_t>(bits & 0x1ff)} {}
  // Implicit, so that `TcpFlag::Syn | TcpFlag::Ack` and a single flag read alike.
  constexpr TcpFlags(TcpFlag flag)  // NOLINT(google-explicit-constructor): see above
      : bits_{static_cast<std::uint16_t>(flag)} {}

  [[nodiscard]] constexpr bool has(TcpFlag flag) const {
    return (bits_ & static_cast<std::uint16_t>(flag)) != 0;
  }
  [[nodiscard]] constexpr std::uint16_t bits() const { return bits_; }
  friend constexpr TcpFlags operator|(TcpFlags left, TcpFlags right) {
    return TcpFlags{static_cast<std::uint16_t>(left.bits_ | right.bits_)};
  }
  friend constexpr bool operator==(TcpFlags, TcpFlags) = default;

 private:
  std::uint16_t bits_ = 0;
};

constexpr TcpFlags operator|(TcpFlag left, TcpFlag right) {
  return TcpFlags{left} | TcpFlags{right};
}

/// Lower-case names in the order of the bits, lowest first: {"syn", "ack"}.
[[nodiscard]] std::vector<std::string_view> names(TcpFlags flags);

/// RFC 9293 §3.1, without the checksum: that is computed when written and judged when read.
struct TcpHeader {
  static constexpr std::size_t kSize = 20;  ///< bytes without options

  Port source_port;
  Port destination_port;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  TcpFlags flags;
  std::uint16_t window = 0;
  std::uint16_t urgent = 0;
  TcpOptions options;

  friend bool operator==(const TcpHeader&, const TcpHeader&) = default;
};

/// A TCP header as read.
struct TcpHeaderRead {
  TcpHeader header;
  std::size_t size = 0;  ///< bytes, as the data offset claims; at least 20
  bool complete =
      false;  ///< false: the options go on behind the last byte, `header` has what was there
};

/// Nothing when fewer than 20 bytes are there or the data offset is below 5.
[[nodiscard]] std::optional<TcpHeaderRead> read_tcp_header(std::span<const std::uint8_t> segment);

class Writer;
/// Writes header and padded options, with checksum 0.
void write(const TcpHeader& header, Writer& to);

}  // namespace synroute::wire
