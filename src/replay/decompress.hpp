// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/byte_stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace synroute::replay {

/// Decompressed bytes beyond this are not read: a file of 1 MB can stand for 1 GB of gzip's or
/// 30 GB of zstd's output. Enough for the captures of a day; 16 GiB take about a minute.
inline constexpr std::uint64_t kDecompressedMax = std::uint64_t{16} << 30;

/// Reads what a source contains: decompresses gzip (RFC 1952) and zstd (RFC 8878), several in a row
/// too, and passes on everything else. Memory: at most 9 MiB, whatever the input claims.
class Decompressor {
 public:
  explicit Decompressor(wire::ByteSource source);
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;
  ~Decompressor();

  /// As a ByteSource does.
  [[nodiscard]] std::size_t read(std::span<std::uint8_t> into);
  /// What ended the reading early, as a clause without a subject's name; absent when nothing did.
  [[nodiscard]] std::optional<std::string_view> fault() const;
  /// Name of a compression that is recognised and not read; read() returns nothing then.
  [[nodiscard]] std::optional<std::string_view> unread_format() const;

 private:
  class Codec;
  class Gzip;
  class Zstd;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace synroute::replay
