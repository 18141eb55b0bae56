// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/pcap_records.hpp"
#include "wire/writer.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

namespace synroute::wire {

[[nodiscard]] std::string_view describe(PcapError error);

/// Reads classic files (draft-ietf-opsawg-pcap) of either precision and byte order, and pcapng.
[[nodiscard]] std::expected<PcapFile, PcapError> read_pcap(std::span<const std::uint8_t> file);

/// Builds a nanosecond file of raw IP packets, in network byte order.
class PcapWriter {
 public:
  PcapWriter();
  /// `at` must not lie before 1970. Packets beyond 2^32 s (2106) wrap, as the format has it.
  void add(WallTime at, std::span<const std::uint8_t> packet);
  /// The file so far; what was taken before is not repeated, so that pieces may be appended to a
  /// file.
  std::vector<std::uint8_t> take() { return writer_.take(); }

 private:
  Writer writer_;
};

}  // namespace synroute::wire
