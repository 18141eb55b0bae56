// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/pcap_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::wire::testing {

struct KeptRecord {
  std::optional<WallTime> at;
  std::vector<std::uint8_t> frame;
  std::size_t original_size = 0;
  LinkType link_type = LinkType::Raw;
};
struct KeptCapture {
  std::vector<KeptRecord> records;
  std::optional<PcapDamage> damage;
};

/// All records of a capture, with bytes of their own. Nothing when it is none.
[[nodiscard]] inline std::optional<KeptCapture> read_pcap(std::span<const std::uint8_t> file) {
  auto reader = PcapReader::open(source_of(file));
  if (!reader) {
    return std::nullopt;
  }
  KeptCapture kept;
  while (const auto record = reader->next()) {
    kept.records.push_back(
        {record->at,
         {record->frame.begin(), record->frame.end()},
         record->original_size,
         record->link_type});
  }
  kept.damage = reader->damage();
  return kept;
}

}  // namespace synroute::wire::testing
