// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace synroute::wire {

/// A cursor over bytes from outside, in network order: the one place where a size is compared and
/// subtracted. Once something did not fit the reader has failed and stays so: it is at its end, and
/// every further read gives 0 or nothing. Read a whole header, then ask failed() once.
class Reader {
 public:
  constexpr explicit Reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  constexpr std::uint32_t u32() { return number(4); }

  /// The next `count` bytes; nothing, and a failure, when there are fewer.
  constexpr std::span<const std::uint8_t> take(std::size_t count) {
    if (failed_ || count > left()) {
      failed_ = true;
      position_ = bytes_.size();
      return {};
    }
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }
  /// The next `count` bytes, or as many as there are: for what may be cut short. Never fails.
  constexpr std::span<const std::uint8_t> take_at_most(std::size_t count) {
    return take(count < left() ? count : left());
  }
  constexpr std::span<const std::uint8_t> rest() { return take(left()); }
  constexpr void skip(std::size_t count) { static_cast<void>(take(count)); }

  [[nodiscard]] constexpr std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] constexpr std::size_t position() const { return position_; }
  [[nodiscard]] constexpr bool failed() const { return failed_; }

 private:
  constexpr std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) {
      value = value << 8 | byte;
    }
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

/// The first `count` bytes, or all when there are fewer.
[[nodiscard]] constexpr std::span<const std::uint8_t> first_at_most(
    std::span<const std::uint8_t> bytes, std::size_t count) {
  return Reader{bytes}.take_at_most(count);
}

/// What stands behind the first `count` bytes; nothing when there are fewer.
[[nodiscard]] constexpr std::span<const std::uint8_t> behind(
    std::span<const std::uint8_t> bytes, std::size_t count) {
  Reader reader{bytes};
  reader.skip(count);
  return reader.rest();
}

}  // namespace synroute::wire
