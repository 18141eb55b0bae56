// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap_file.hpp"

#include "wire/byte_order.hpp"
#include "wire/pcapng.hpp"

#include <cassert>
#include <optional>

namespace synroute::wire {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;

/// What the first four bytes say of all the others.
struct Format {
  ByteOrder order;
  std::int64_t tick_ns = 1000;
};

std::optional<Format> format(std::uint32_t magic) {
  for (const bool swapped : {false, true}) {
    switch (swapped ? __builtin_bswap32(magic) : magic) {
      case kMicroseconds: return Format{{swapped}, 1000};
      case kNanoseconds: return Format{{swapped}, 1};
      default: break;
    }
  }
  return std::nullopt;
}

/// `reader` stands behind the magic number.
std::expected<PcapFile, PcapError> read_classic(Reader reader, const Format& format) {
  reader.skip(16);  // version, time zone, accuracy, snap length
  PcapFile pcap;
  // The upper half says whether frames end in a check sequence.
  pcap.link_type = LinkType{static_cast<std::uint16_t>(format.order.u32(reader))};
  if (reader.failed()) {
    return std::unexpected{PcapError::NotPcap};
  }
  while (reader.left() > 0) {
    const std::int64_t seconds = format.order.u32(reader);
    const std::int64_t fraction = format.order.u32(reader);
    const std::size_t size = format.order.u32(reader);
    const std::size_t original_size = format.order.u32(reader);
    if (size > kPcapFrameMax) {
      return std::unexpected{PcapError::BadRecord};
    }
    const auto frame = reader.take(size);
    if (reader.failed()) {
      pcap.cut = true;
      break;
    }
    const Duration at = std::chrono::seconds{seconds} + Duration{fraction * format.tick_ns};
    pcap.records.push_back({WallTime{at}, frame, original_size, pcap.link_type});
  }
  return pcap;
}

}  // namespace

std::string_view describe(PcapError error) {
  switch (error) {
    case PcapError::NotPcap: return "not a pcap or pcapng file";
    case PcapError::BadRecord: return "the file is damaged: a record is malformed";
  }
  return "";
}

std::expected<PcapFile, PcapError> read_pcap(std::span<const std::uint8_t> file) {
  Reader reader{file};
  const std::uint32_t magic = reader.u32();
  if (magic == kPcapngSection) {
    return read_pcapng(file);
  }
  const auto classic = format(magic);
  return classic ? read_classic(reader, *classic) : std::unexpected{PcapError::NotPcap};
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
