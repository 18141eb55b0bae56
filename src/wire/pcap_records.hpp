// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/link_layer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace synroute::wire {

/// The largest snap length libpcap accepts; a longer record is damage.
inline constexpr std::size_t kPcapFrameMax = 262144;

/// One packet of a capture; `frame` is valid until the next record is read.
struct PcapRecord {
  std::optional<WallTime> at;  ///< absent where the format has none, or it is none of a clock
  std::span<const std::uint8_t> frame;
  std::size_t original_size = 0;  ///< on the wire; more than the frame when the capture cut it
  LinkType link_type = LinkType::Raw;
};

/// Where a capture could not be read on.
struct PcapDamage {
  std::uint64_t offset = 0;  ///< of the record, in the (decompressed) capture
  bool cut = false;          ///< it ends inside the record, as after an interrupted capture
};

}  // namespace synroute::wire
