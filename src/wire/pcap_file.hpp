// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/byte_stream.hpp"
#include "wire/pcap_records.hpp"
#include "wire/pcapng.hpp"
#include "wire/writer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace synroute::wire {

/// What the header of a classic file says of its records.
struct PcapFormat {
  ByteOrder order;
  std::int64_t tick_ns = 1000;
  std::size_t header_size = 16;
  LinkType link_type = LinkType::Raw;
};

/// Reads classic files (draft-ietf-opsawg-pcap) of either precision and byte order, those of
/// Kuznetzov's old patch, and pcapng, record by record: memory does not depend on the file.
class PcapReader {
 public:
  /// Nothing when the source is not a capture.
  [[nodiscard]] static std::optional<PcapReader> open(ByteSource source);

  /// Nothing at the end, and where the capture is damaged.
  [[nodiscard]] std::optional<PcapRecord> next();
  /// Why next() returned nothing; absent at a regular end.
  [[nodiscard]] const std::optional<PcapDamage>& damage() const { return damage_; }

 private:
  explicit PcapReader(ByteStream stream) : stream_{std::move(stream)} {}
  [[nodiscard]] std::optional<PcapRecord> next_classic(const PcapFormat& format);

  ByteStream stream_;
  std::variant<PcapFormat, PcapngSections> format_;
  std::size_t taken_ = 0;  ///< bytes of the record returned last
  std::optional<PcapDamage> damage_;
};

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
