// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace synroute::wire {

/// Fills the buffer with the next bytes and returns how many; fewer than fit only at the end.
using ByteSource = std::function<std::size_t(std::span<std::uint8_t>)>;

/// The bytes of memory that outlives the source.
[[nodiscard]] ByteSource source_of(std::span<const std::uint8_t> bytes);

/// A window that moves along a source of any length.
class ByteStream {
 public:
  explicit ByteStream(ByteSource source) : source_{std::move(source)} {}

  /// The next `count` bytes, fewer at the end. Valid until the next call.
  [[nodiscard]] std::span<const std::uint8_t> peek(std::size_t count);
  /// Passes over bytes without keeping them. False when the source ends before.
  bool skip(std::uint64_t count);
  /// Bytes passed so far.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  static constexpr std::size_t kStep = std::size_t{256} << 10;

  [[nodiscard]] std::size_t buffered() const { return end_ - begin_; }
  void fill(std::size_t count);

  ByteSource source_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace synroute::wire
