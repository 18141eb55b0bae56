// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap_file.hpp"

#include "wire/byte_order.hpp"
#include "wire/pcapng.hpp"

#include <cassert>

namespace synroute::wire {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;

constexpr std::uint16_t kEtherIpv4 = 0x0800;
constexpr std::uint16_t kEtherIpv6 = 0x86dd;
constexpr std::uint16_t kEtherVlan = 0x8100;
constexpr std::uint16_t kEtherServiceVlan = 0x88a8;
/// Packet type of Linux cooked headers: sent by us.
constexpr std::uint16_t kOutgoing = 4;

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

bool carries_ip(std::uint16_t ether_type) {
  return ether_type == kEtherIpv4 || ether_type == kEtherIpv6;
}

std::optional<LinkPayload> ethernet(Reader frame) {
  frame.skip(12);
  std::uint16_t type = frame.u16();
  // Two tags at most: 802.1ad allows no more.
  for (int tags = 0; tags < 2 && (type == kEtherVlan || type == kEtherServiceVlan); ++tags) {
    frame.skip(2);
    type = frame.u16();
  }
  return carries_ip(type) ? std::optional{LinkPayload{frame.rest(), std::nullopt}} : std::nullopt;
}

std::optional<LinkPayload> cooked(Reader frame) {
  const std::uint16_t packet_type = frame.u16();
  frame.skip(12);
  const bool ip = carries_ip(frame.u16());
  return ip ? std::optional{LinkPayload{frame.rest(), packet_type == kOutgoing}} : std::nullopt;
}

std::optional<LinkPayload> cooked2(Reader frame) {
  const bool ip = carries_ip(frame.u16());
  frame.skip(8);
  const std::uint8_t packet_type = frame.u8();
  frame.skip(9);
  return ip && !frame.failed() ? std::optional{LinkPayload{frame.rest(), packet_type == kOutgoing}}
                               : std::nullopt;
}

/// BSD: four bytes that name the address family, in whichever order; the packet says it as well.
std::optional<LinkPayload> loopback(Reader frame) {
  frame.skip(4);
  return frame.failed() ? std::nullopt : std::optional{LinkPayload{frame.rest(), std::nullopt}};
}

}  // namespace

std::string_view describe(PcapError error) {
  switch (error) {
    case PcapError::NotPcap: return "not a pcap or pcapng file";
    case PcapError::BadRecord: return "a record that cannot be: the file is damaged";
  }
  return "";
}

std::expected<PcapFile, PcapError> read_pcap(std::span<const std::uint8_t> file) {
  Reader reader{file};
  const std::uint32_t magic = reader.u32();
  const auto layout = format(magic);
  if (magic == kPcapngSection) {
    return read_pcapng(file);
  }
  if (!layout) {
    return std::unexpected{PcapError::NotPcap};
  }
  reader.skip(16);  // version, time zone, accuracy, snap length
  PcapFile pcap;
  // The upper half says whether frames end in a check sequence.
  pcap.link_type = LinkType{static_cast<std::uint16_t>(layout->order.u32(reader))};
  if (reader.failed()) {
    return std::unexpected{PcapError::NotPcap};
  }
  while (reader.left() > 0) {
    const std::int64_t seconds = layout->order.u32(reader);
    const std::int64_t fraction = layout->order.u32(reader);
    const std::size_t size = layout->order.u32(reader);
    const std::size_t original_size = layout->order.u32(reader);
    if (size > kPcapFrameMax) {
      return std::unexpected{PcapError::BadRecord};
    }
    const auto frame = reader.take(size);
    if (reader.failed()) {
      pcap.cut = true;
      break;
    }
    const Duration at = std::chrono::seconds{seconds} + Duration{fraction * layout->tick_ns};
    pcap.records.push_back({WallTime{at}, frame, original_size, pcap.link_type});
  }
  return pcap;
}

std::optional<LinkPayload> ip_payload(LinkType link_type, std::span<const std::uint8_t> frame) {
  switch (link_type) {
    case LinkType::Ethernet: return ethernet(Reader{frame});
    case LinkType::LinuxCooked: return cooked(Reader{frame});
    case LinkType::LinuxCooked2: return cooked2(Reader{frame});
    case LinkType::Null:
    case LinkType::Loop: return loopback(Reader{frame});
    case LinkType::Raw:
    case LinkType::RawOld:
    case LinkType::Ipv4:
    case LinkType::Ipv6: return LinkPayload{frame, std::nullopt};
  }
  return std::nullopt;
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
