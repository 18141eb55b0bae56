// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace synroute::wire {

/// Builds a packet front to back in network order. Fields known only at the end (lengths,
/// checksums) are written as zero first and patched.
class Writer {
 public:
  explicit Writer(std::size_t expected_size = 0) { bytes_.reserve(expected_size); }

  Writer& u8(std::uint8_t value) {
    bytes_.push_back(value);
    return *this;
  }
  Writer& u16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value));
  }
  Writer& u32(std::uint32_t value) {
    return u16(static_cast<std::uint16_t>(value >> 16)).u16(static_cast<std::uint16_t>(value));
  }
  Writer& bytes(std::span<const std::uint8_t> values) {
    bytes_.insert(bytes_.end(), values.begin(), values.end());
    return *this;
  }
  Writer& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }

  /// Writes over two bytes that are already there.
  void patch_u16(std::size_t position, std::uint16_t value) {
    assert(position + 2 <= bytes_.size());
    bytes_[position] = static_cast<std::uint8_t>(value >> 8);
    bytes_[position + 1] = static_cast<std::uint8_t>(value);
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  /// What was written from `position` on.
  [[nodiscard]] std::span<const std::uint8_t> written(std::size_t position = 0) const {
    return std::span{bytes_}.subspan(std::min(position, bytes_.size()));
  }
  /// Gives the bytes away; the writer is empty afterwards.
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::exchange(bytes_, {}); }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace synroute::wire
