// SPDX-License-Identifier: Apache-2.0
#include "wire/link_layer.hpp"

#include "wire/reader.hpp"

namespace synroute::wire {
namespace {

constexpr std::uint16_t kEtherIpv4 = 0x0800;
constexpr std::uint16_t kEtherIpv6 = 0x86dd;
constexpr std::uint16_t kEtherVlan = 0x8100;
constexpr std::uint16_t kEtherServiceVlan = 0x88a8;
/// Packet type of Linux cooked headers: sent by us.
constexpr std::uint16_t kOutgoing = 4;

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

}  // namespace synroute::wire
