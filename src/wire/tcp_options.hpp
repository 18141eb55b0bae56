// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::wire {

enum class TcpOptionKind : std::uint8_t {
  End = 0,
  NoOperation = 1,
  MaximumSegmentSize = 2,
  WindowScale = 3,
  SackPermitted = 4,
  Sack = 5,
  Timestamps = 8,
  FastOpen = 34,
};

/// RFC 7323 §3.2.
struct TcpTimestamps {
  std::uint32_t value = 0;
  std::uint32_t echo = 0;
  friend bool operator==(const TcpTimestamps&, const TcpTimestamps&) = default;
};

/// One option as it stands in the header; `data` is a view into the options it came from.
struct TcpOption {
  std::uint8_t kind = 0;
  std::span<const std::uint8_t> data;
};

/// The option bytes of a TCP header exactly as they are on the wire: order, padding and unknown
/// kinds survive. At most 40 bytes (RFC 9293 §3.1).
class TcpOptions {
 public:
  static constexpr std::size_t kCapacity = 40;

  TcpOptions() = default;
  /// Takes at most kCapacity bytes; the rest is left out.
  explicit TcpOptions(std::span<const std::uint8_t> bytes);

  // Builders append one option each and return *this; what does not fit is an assertion.
  TcpOptions& maximum_segment_size(std::uint16_t size);
  TcpOptions& window_scale(std::uint8_t shift);
  TcpOptions& sack_permitted();
  TcpOptions& timestamps(TcpTimestamps stamps);
  TcpOptions& no_operation();
  TcpOptions& raw(std::uint8_t kind, std::span<const std::uint8_t> data);

  [[nodiscard]] std::span<const std::uint8_t> bytes() const;
  /// Length rounded up to a multiple of four, as the header counts it.
  [[nodiscard]] std::size_t padded_size() const;
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// The options in order, NOPs included; stops at End, at a length that is 0, 1 or beyond the
  /// bytes.
  [[nodiscard]] std::vector<TcpOption> list() const;
  [[nodiscard]] std::optional<std::uint16_t> maximum_segment_size() const;
  [[nodiscard]] std::optional<std::uint8_t> window_scale() const;
  [[nodiscard]] bool has_sack_permitted() const;
  [[nodiscard]] std::optional<TcpTimestamps> timestamps() const;

  /// Equal when a header would hold the same bytes: padding does not count.
  friend bool operator==(const TcpOptions& left, const TcpOptions& right);

 private:
  TcpOptions& append(TcpOptionKind kind, std::uint64_t value, std::size_t value_size);

  std::array<std::uint8_t, kCapacity> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace synroute::wire
