// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap_file.hpp"

#include "wire/byte_order.hpp"

#include <cassert>

namespace synroute::wire {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
/// Of Kuznetzov's patch: eight bytes more in each record.
constexpr std::uint32_t kPatched = 0xa1b2cd34;
constexpr std::size_t kFileHeader = 24;

std::optional<PcapFormat> classic_of(std::span<const std::uint8_t> start) {
  Reader reader{start};
  const std::uint32_t magic = reader.u32();
  PcapFormat classic;
  for (const bool swapped : {false, true}) {
    const std::uint32_t number = swapped ? __builtin_bswap32(magic) : magic;
    if (number != kMicroseconds && number != kNanoseconds && number != kPatched) {
      continue;
    }
    classic.order.swapped = swapped;
    classic.tick_ns = number == kNanoseconds ? 1 : 1000;
    classic.header_size = number == kPatched ? 24 : 16;
    reader.skip(16);  // version, time zone, accuracy, snap length
    // The upper half says whether frames end in a check sequence.
    classic.link_type = LinkType{static_cast<std::uint16_t>(classic.order.u32(reader))};
    return reader.failed() ? std::nullopt : std::optional{classic};
  }
  return std::nullopt;
}

}  // namespace

std::optional<PcapReader> PcapReader::open(ByteSource source) {
  PcapReader reader{ByteStream{std::move(source)}};
  const auto start = reader.stream_.peek(kFileHeader);
  if (PcapngSections::begins(start)) {
    reader.format_ = PcapngSections{};
    return reader;
  }
  const auto classic = classic_of(start);
  if (!classic) {
    return std::nullopt;
  }
  reader.format_ = *classic;
  reader.stream_.skip(kFileHeader);
  return reader;
}

std::optional<PcapRecord> PcapReader::next() {
  if (damage_) {
    return std::nullopt;
  }
  if (auto* sections = std::get_if<PcapngSections>(&format_)) {
    auto record = sections->next(stream_);
    damage_ = sections->damage();
    return record;
  }
  stream_.skip(std::exchange(taken_, 0));
  return next_classic(std::get<PcapFormat>(format_));
}

std::optional<PcapRecord> PcapReader::next_classic(const PcapFormat& format) {
  const auto start = stream_.peek(format.header_size);
  if (start.empty()) {
    return std::nullopt;
  }
  Reader header{start};
  const std::int64_t seconds = format.order.u32(header);
  const std::int64_t fraction = format.order.u32(header);
  const std::size_t size = format.order.u32(header);
  const std::size_t original_size = format.order.u32(header);
  const bool whole_header = start.size() == format.header_size;
  if (whole_header && size > kPcapFrameMax) {
    damage_ = PcapDamage{.offset = stream_.offset(), .cut = false};
    return std::nullopt;
  }
  const std::size_t record_size = format.header_size + size;
  const auto record = whole_header ? stream_.peek(record_size) : start;
  if (!whole_header || record.size() < record_size) {
    damage_ = PcapDamage{.offset = stream_.offset(), .cut = true};
    return std::nullopt;
  }
  taken_ = record_size;
  const Duration at = std::chrono::seconds{seconds} + Duration{fraction * format.tick_ns};
  return PcapRecord{
      WallTime{at}, record.subspan(format.header_size), original_size, format.link_type};
}

PcapWriter::PcapWriter() {
  writer_.u32(kNanoseconds).u16(2).u16(4).u32(0).u32(0);
  writer_.u32(kPcapFrameMax).u32(static_cast<std::uint32_t>(LinkType::Raw));
}

void PcapWriter::add(WallTime at, std::span<const std::uint8_t> packet) {
  assert(at.since_1970() >= Duration::zero() && packet.size() <= kPcapFrameMax);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at.since_1970());
  writer_.u32(static_cast<std::uint32_t>(seconds.count()));
  writer_.u32(static_cast<std::uint32_t>((at.since_1970() - seconds).count()));
  const auto size = static_cast<std::uint32_t>(packet.size());
  writer_.u32(size).u32(size).bytes(packet);
}

}  // namespace synroute::wire
