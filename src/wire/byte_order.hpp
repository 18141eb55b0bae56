// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/reader.hpp"

#include <cstdint>

namespace synroute::wire {

/// Numbers of a file whose writer used its own byte order: as they stand, or each turned round.
struct ByteOrder {
  bool swapped = false;

  [[nodiscard]] constexpr std::uint16_t u16(Reader& reader) const {
    const std::uint16_t value = reader.u16();
    return swapped ? __builtin_bswap16(value) : value;
  }
  [[nodiscard]] constexpr std::uint32_t u32(Reader& reader) const {
    const std::uint32_t value = reader.u32();
    return swapped ? __builtin_bswap32(value) : value;
  }
};

}  // namespace synroute::wire
