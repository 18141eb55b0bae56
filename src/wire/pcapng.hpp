// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/byte_order.hpp"
#include "wire/byte_stream.hpp"
#include "wire/pcap_records.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::wire {

/// The packets of a pcapng file (draft-ietf-opsawg-pcapng): sections of either byte order,
/// interfaces with the time resolution and offset they state, enhanced, simple and (obsolete)
/// packet blocks. Other blocks are passed over. A simple packet block has no time.
class PcapngSections {
 public:
  /// Whether a file begins like one: a section header and its byte order.
  [[nodiscard]] static bool begins(std::span<const std::uint8_t> start);

  /// Nothing at the end of the stream, and where it is damaged.
  [[nodiscard]] std::optional<PcapRecord> next(ByteStream& stream);
  [[nodiscard]] const std::optional<PcapDamage>& damage() const { return damage_; }

 private:
  using Bytes = std::span<const std::uint8_t>;

  /// The resolution of time stamps: 10 to the power of −n seconds, or 2 to that (§4.2, if_tsresol).
  struct Resolution {
    bool binary = false;
    unsigned power = 6;

    [[nodiscard]] bool sane() const;
    [[nodiscard]] std::uint64_t per_second() const;
    [[nodiscard]] std::int64_t nanoseconds(std::uint64_t ticks) const;
  };
  struct Interface {
    LinkType link_type = LinkType::Raw;
    std::size_t snap_length = 0;  ///< 0: no limit
    Resolution resolution;
    std::int64_t offset = 0;  ///< seconds

    [[nodiscard]] std::optional<WallTime> time(std::uint64_t ticks) const;
  };
  enum class Outcome : std::uint8_t { Packet, Other, Damage };

  [[nodiscard]] Outcome take_block(ByteStream& stream, PcapRecord& record);
  [[nodiscard]] bool begin_section(Bytes start);
  [[nodiscard]] Outcome take_body(std::uint32_t kind, Bytes bytes, PcapRecord& record);
  [[nodiscard]] bool take_interface(Reader body);
  [[nodiscard]] bool take_options(Reader& body, Interface& interface) const;
  [[nodiscard]] bool take_packet(std::size_t number, Reader body, PcapRecord& record) const;
  [[nodiscard]] bool take_simple(Reader body, PcapRecord& record) const;
  [[nodiscard]] std::uint64_t u64(Reader& value) const;

  ByteOrder order_;
  std::vector<Interface> interfaces_;
  std::size_t taken_ = 0;  ///< bytes of the block returned last
  std::optional<PcapDamage> damage_;
};

}  // namespace synroute::wire
