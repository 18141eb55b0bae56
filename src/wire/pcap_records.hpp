// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/link_layer.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synroute::wire {

/// The largest snap length libpcap accepts; a longer record is damage.
inline constexpr std::size_t kPcapFrameMax = 262144;

/// One packet of a capture; `frame` is a view into the file it was read from.
struct PcapRecord {
  WallTime at;
  std::span<const std::uint8_t> frame;
  std::size_t original_size = 0;  ///< on the wire; more than the frame when the capture cut it
  LinkType link_type = LinkType::Raw;
};

/// A capture as read. Holds views: the bytes must outlive it.
struct PcapFile {
  LinkType link_type = LinkType::Raw;  ///< of the file; in pcapng, of its first interface
  std::vector<PcapRecord> records;
  bool cut = false;  ///< the file ends inside a record, as after an interrupted capture
};

enum class PcapError : std::uint8_t { NotPcap, BadRecord };

}  // namespace synroute::wire
