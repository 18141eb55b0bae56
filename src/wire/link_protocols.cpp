// SPDX-License-Identifier: Apache-2.0
#include "wire/link_protocols.hpp"

#include "wire/ip.hpp"

namespace synroute::wire {
namespace {

constexpr std::uint16_t kEtherIpv4 = 0x0800;
constexpr std::uint16_t kEtherIpv6 = 0x86dd;
constexpr std::uint16_t kEtherMpls = 0x8847;
constexpr std::uint16_t kEtherMplsMulticast = 0x8848;
constexpr std::uint16_t kEtherPppoe = 0x8864;
/// Smaller values are lengths (IEEE 802.3).
constexpr std::uint16_t kEtherTypeMin = 0x0600;
/// More tags or labels than any network stacks.
constexpr int kStackMax = 16;

bool is_ip(std::uint16_t ether_type) {
  return ether_type == kEtherIpv4 || ether_type == kEtherIpv6;
}

/// 802.1Q, 802.1ad, and what was used before 802.1ad.
bool is_tag(std::uint16_t ether_type) {
  return ether_type == 0x8100 || ether_type == 0x88a8 || ether_type == 0x9100
         || ether_type == 0x9200 || ether_type == 0x9300;
}

/// An LSP carries what its ends agreed on, and the first four bits tell IP from the rest
/// (RFC 4928).
MaybePacket ip_in_mpls(Reader frame) {
  constexpr std::uint32_t kBottom = 0x100;
  for (int labels = 0; labels < kStackMax && !frame.failed(); ++labels) {
    if ((frame.u32() & kBottom) == 0) {
      continue;
    }
    const auto packet = frame.rest();
    const int version = packet.empty() ? 0 : packet.front() >> 4;
    return version == 4 || version == 6 ? MaybePacket{packet} : std::nullopt;
  }
  return std::nullopt;
}

MaybePacket ip_in_gre(Reader gre) {
  const std::uint16_t flags = gre.u16();
  const std::uint16_t type = gre.u16();
  constexpr std::uint16_t kChecksum = 0x8000;
  constexpr std::uint16_t kRouting = 0x4000;
  constexpr std::uint16_t kGreVersion = 0x0007;
  if ((flags & (kRouting | kGreVersion)) != 0) {
    return std::nullopt;
  }
  for (const std::uint16_t part : {kChecksum, std::uint16_t{0x2000}, std::uint16_t{0x1000}}) {
    gre.skip((flags & part) != 0 ? 4 : 0);  // checksum, key, sequence number
  }
  constexpr std::uint16_t kEthernet = 0x6558;
  return type == kEthernet ? ip_in_ethernet(gre) : ip_in_ether_type(type, gre);
}

}  // namespace

MaybePacket ip_in_ether_type(std::uint16_t type, Reader frame) {
  for (int tags = 0; tags < kStackMax && is_tag(type); ++tags) {
    frame.skip(2);
    type = frame.u16();
  }
  if (frame.failed()) {
    return std::nullopt;
  }
  switch (type) {
    case kEtherMpls:
    case kEtherMplsMulticast: return ip_in_mpls(frame);
    case kEtherPppoe: return ip_in_pppoe(frame);
    default: break;
  }
  return is_ip(type) ? MaybePacket{frame.rest()} : std::nullopt;
}

MaybePacket ip_in_ethernet(Reader frame) {
  frame.skip(12);
  std::uint16_t type = frame.u16();
  for (int tags = 0; tags < kStackMax && is_tag(type); ++tags) {
    frame.skip(2);
    type = frame.u16();
  }
  return type < kEtherTypeMin ? ip_in_llc(frame) : ip_in_ether_type(type, frame);
}

MaybePacket ip_in_llc(Reader frame) {
  constexpr std::uint16_t kSnap = 0xaaaa;
  constexpr std::uint32_t kUnnumbered = 0x03'000000;  // and the organisation 0: EtherTypes
  constexpr std::uint32_t kBridge = 0x03'0000f8;      // IEEE 802.1H
  const std::uint16_t services = frame.u16();
  const std::uint32_t control = frame.u32();
  const std::uint16_t type = frame.u16();
  const bool snap = services == kSnap && (control == kUnnumbered || control == kBridge);
  return snap ? ip_in_ether_type(type, frame) : std::nullopt;
}

MaybePacket ip_in_pppoe(Reader frame) {
  constexpr std::uint8_t kVersionAndType = 0x11;
  constexpr std::uint8_t kSession = 0;
  const bool session = frame.u8() == kVersionAndType && frame.u8() == kSession;
  frame.skip(2);
  const std::size_t length = frame.u16();
  return session ? ip_in_ppp(Reader{frame.take_at_most(length)}) : std::nullopt;
}

MaybePacket ip_in_ppp(Reader frame) {
  constexpr std::uint16_t kAddressAndControl = 0xff03;
  Reader start = frame;
  if (start.u16() == kAddressAndControl) {
    frame = start;
  }
  // An odd first byte is a whole protocol (RFC 1661 §6.5).
  std::uint16_t protocol = frame.u8();
  if (protocol % 2 == 0) {
    protocol = static_cast<std::uint16_t>(protocol << 8 | frame.u8());
  }
  constexpr std::uint16_t kIpv4 = 0x0021;
  constexpr std::uint16_t kIpv6 = 0x0057;
  constexpr std::uint16_t kMpls = 0x0281;
  if (frame.failed()) {
    return std::nullopt;
  }
  if (protocol == kMpls) {
    return ip_in_mpls(frame);
  }
  return protocol == kIpv4 || protocol == kIpv6 ? MaybePacket{frame.rest()} : std::nullopt;
}

MaybePacket ip_in_cisco_hdlc(Reader frame) {
  frame.skip(2);  // address and control
  const std::uint16_t type = frame.u16();
  return ip_in_ether_type(type, frame);
}

MaybePacket ip_in_ppp_or_cisco_hdlc(Reader frame) {
  constexpr std::uint8_t kPppAddress = 0xff;
  Reader first = frame;
  return first.u8() == kPppAddress ? ip_in_ppp(frame) : ip_in_cisco_hdlc(frame);
}

MaybePacket tunnelled_packet(std::span<const std::uint8_t> packet) {
  constexpr std::uint8_t kIpv4InIp = 4;
  constexpr std::uint8_t kIpv6InIp = 41;
  constexpr std::uint8_t kGre = 47;
  const auto outer = read_ip_header(packet);
  if (!outer || outer->end != HeaderEnd::Complete || outer->header.more_fragments
      || outer->header.fragment_offset != 0) {
    return std::nullopt;
  }
  const IpHeader& header = outer->header;
  Reader inner{behind(first_at_most(packet, header.total_length), header.header_size)};
  switch (header.protocol) {
    case kIpv4InIp:
    case kIpv6InIp: return inner.left() > 0 ? MaybePacket{inner.rest()} : std::nullopt;
    case kGre: return ip_in_gre(inner);
    default: return std::nullopt;
  }
}

}  // namespace synroute::wire
