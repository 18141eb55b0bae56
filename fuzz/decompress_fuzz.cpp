// SPDX-License-Identifier: Apache-2.0
#include "replay/decompress.hpp"

#include "fuzz.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

using namespace synroute;

void fuzz(std::span<const std::uint8_t> input) {
  replay::Decompressor decompressor{wire::source_of(input)};
  std::array<std::uint8_t, 4096> piece{};
  constexpr std::size_t kPiecesMax = 4096;
  std::size_t size = piece.size();
  for (std::size_t pieces = 0; size == piece.size() && pieces < kPiecesMax; ++pieces) {
    size = decompressor.read(piece);
    require(size <= piece.size());
  }
  require(!decompressor.unread_format() || size == 0);
}
