// SPDX-License-Identifier: Apache-2.0
#include "wire/ip.hpp"

#include "wire/reader.hpp"

#include <algorithm>
#include <array>

namespace synroute::wire {
namespace {

constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kOffsetMask = 0x1fff;

IpAddress address_v6(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, 16> octets{};
  std::ranges::copy(bytes, octets.begin());
  return IpAddress::v6(octets);
}

std::expected<IpHeaderRead, DissectError> read_v4(std::span<const std::uint8_t> packet) {
  Reader reader{packet};
  IpHeaderRead read;
  IpHeader& header = read.header;
  header.header_size = (reader.u8() & std::size_t{0xf}) * 4;
  header.tos = reader.u8();
  header.total_length = reader.u16();
  header.id = reader.u16();
  const std::uint16_t fragment = reader.u16();
  header.dont_fragment = (fragment & kDontFragment) != 0;
  header.more_fragments = (fragment & kMoreFragments) != 0;
  header.fragment_offset = static_cast<std::uint16_t>((fragment & kOffsetMask) * 8);
  header.ttl = Ttl{reader.u8()};
  header.protocol = reader.u8();
  reader.skip(2);
  header.source = IpAddress::v4(reader.u32());
  header.destination = IpAddress::v4(reader.u32());
  if (reader.failed()) {
    return std::unexpected{DissectError::Truncated};
  }
  if (header.header_size < 20) {
    return std::unexpected{DissectError::BadHeader};
  }
  header.has_options = header.header_size > 20;
  read.end = header.header_size > packet.size() ? HeaderEnd::Cut : HeaderEnd::Complete;
  return read;
}

std::expected<IpHeaderRead, DissectError> read_v6(std::span<const std::uint8_t> packet) {
  Reader reader{packet};
  IpHeaderRead read;
  IpHeader& header = read.header;
  const std::uint32_t first = reader.u32();
  header.tos = static_cast<std::uint8_t>(first >> 20);
  header.flow_label = first & 0xfffff;
  header.total_length = reader.u16() + std::size_t{40};
  header.protocol = reader.u8();
  header.ttl = Ttl{reader.u8()};
  header.source = address_v6(reader.take(16));
  header.destination = address_v6(reader.take(16));
  if (reader.failed()) {
    return std::unexpected{DissectError::Truncated};
  }
  const std::size_t fixed = reader.position();
  const Ipv6Chain chain = walk_ipv6_chain(header.protocol, reader.rest());
  header.protocol = chain.protocol;
  header.header_size = fixed + chain.size;
  header.has_options = chain.has_headers;
  if (chain.fragment) {
    header.id = static_cast<std::uint16_t>(chain.fragment->id);
    header.more_fragments = chain.fragment->more;
    header.fragment_offset = chain.fragment->offset;
  }
  read.end = chain.end;
  read.source_routed = chain.source_routed;
  return read;
}

}  // namespace

std::string_view describe(DissectError error) {
  switch (error) {
    case DissectError::NotIp: return "not an IPv4 or IPv6 packet";
    case DissectError::Truncated: return "cut off inside a header";
    case DissectError::BadHeader: return "a header contradicts itself";
  }
  return "";
}

std::expected<IpHeaderRead, DissectError> read_ip_header(std::span<const std::uint8_t> packet) {
  if (packet.empty()) {
    return std::unexpected{DissectError::Truncated};
  }
  switch (packet.front() >> 4) {
    case 4: return read_v4(packet);
    case 6: return read_v6(packet);
    default: return std::unexpected{DissectError::NotIp};
  }
}

}  // namespace synroute::wire
