// SPDX-License-Identifier: Apache-2.0
#include "wire/link_layer.hpp"

#include "wire/byte_order.hpp"
#include "wire/link_protocols.hpp"
#include "wire/reader.hpp"
#include "wire/wifi_frame.hpp"

#include <algorithm>
#include <array>

namespace synroute::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::optional<LinkPayload> payload(
    std::optional<Bytes> packet, std::optional<bool> outgoing = std::nullopt) {
  return packet ? std::optional{LinkPayload{*packet, outgoing}} : std::nullopt;
}

/// Packet type of Linux cooked headers: sent by this host.
constexpr std::uint16_t kOutgoing = 4;

std::optional<LinkPayload> cooked(Reader frame) {
  const std::uint16_t packet_type = frame.u16();
  frame.skip(12);
  const std::uint16_t type = frame.u16();
  return payload(ip_in_ether_type(type, frame), packet_type == kOutgoing);
}

std::optional<LinkPayload> cooked2(Reader frame) {
  const std::uint16_t type = frame.u16();
  frame.skip(8);
  const std::uint8_t packet_type = frame.u8();
  frame.skip(9);
  return frame.failed() ? std::nullopt
                        : payload(ip_in_ether_type(type, frame), packet_type == kOutgoing);
}

/// BSD: four bytes that name the address family, in whichever order; the packet says it as well.
std::optional<LinkPayload> loopback(Reader frame) {
  frame.skip(4);
  return frame.failed() ? std::nullopt : payload(frame.rest());
}

/// A byte for the direction first: 0 is received.
std::optional<LinkPayload> with_direction(Reader frame, std::optional<Bytes> (*read)(Reader)) {
  const bool outgoing = frame.u8() != 0;
  return payload(read(frame), outgoing);
}

/// pf(4): the length of the header without its padding to four bytes, …, the direction.
std::optional<LinkPayload> pf_log(Reader frame) {
  constexpr std::size_t kDirectionAt = 60;
  constexpr std::uint8_t kIn = 1;
  constexpr std::uint8_t kOut = 2;
  Reader header = frame;
  const std::size_t length = header.u8();
  header.skip(kDirectionAt - 1);
  const std::uint8_t direction = length > kDirectionAt ? header.u8() : std::uint8_t{0};
  frame.skip((length + 3) / 4 * 4);
  const auto outgoing =
      direction == kOut || direction == kIn ? std::optional{direction == kOut} : std::nullopt;
  return frame.failed() || length == 0 ? std::nullopt : payload(frame.rest(), outgoing);
}

/// Attributes of length, type and value in the byte order of the host that wrote the file, which
/// may not be that of the file.
std::optional<Bytes> nf_log_packet(Reader frame, ByteOrder order) {
  constexpr std::uint16_t kPayload = 9;
  frame.skip(4);
  while (frame.left() > 0) {
    const std::size_t length = order.u16(frame);
    const std::uint16_t type = order.u16(frame);
    if (length < 4 || frame.failed()) {
      break;
    }
    const Bytes value = frame.take(length - 4);
    if (type == kPayload && !frame.failed()) {
      return value;
    }
    frame.take_at_most((4 - length % 4) % 4);
  }
  return std::nullopt;
}

std::optional<LinkPayload> nf_log(Reader frame) {
  const auto little = nf_log_packet(frame, {.swapped = true});
  return payload(little ? little : nf_log_packet(frame, {.swapped = false}));
}

/// Apple's header: numbers in little-endian order, with the type of the frame behind it.
std::optional<LinkPayload> pktap(Reader frame) {
  constexpr std::uint32_t kIn = 1;
  constexpr std::uint32_t kOut = 2;
  const ByteOrder little{.swapped = true};
  Reader header = frame;
  const std::size_t length = little.u32(header);
  header.skip(4);
  const LinkType inner{static_cast<std::uint16_t>(little.u32(header))};
  header.skip(24);
  const std::uint32_t flags = little.u32(header);
  frame.skip(length);
  if (header.failed() || frame.failed() || inner == LinkType::Pktap
      || inner == LinkType::PktapOld) {
    return std::nullopt;
  }
  auto found = ip_payload(inner, frame.rest());
  if (found && (flags & (kIn | kOut)) != 0) {
    found->outgoing = (flags & kOut) != 0;
  }
  return found;
}

struct Name {
  LinkType type;
  std::string_view name;
};
/// Those that captures are made of, read or not.
constexpr std::array kNames{
    Name{LinkType::Null, "NULL"},
    Name{LinkType::Ethernet, "ETHERNET"},
    Name{LinkType{6}, "IEEE802_5"},
    Name{LinkType{8}, "SLIP"},
    Name{LinkType::Ppp, "PPP"},
    Name{LinkType{10}, "FDDI"},
    Name{LinkType{107}, "FRELAY"},
    Name{LinkType{114}, "LTALK"},
    Name{LinkType{119}, "IEEE802_11_PRISM"},
    Name{LinkType{122}, "IP_OVER_FC"},
    Name{LinkType{129}, "ARCNET_LINUX"},
    Name{LinkType{138}, "APPLE_IP_OVER_IEEE1394"},
    Name{LinkType{140}, "MTP2"},
    Name{LinkType{141}, "MTP3"},
    Name{LinkType{147}, "USER0"},
    Name{LinkType{148}, "USER1"},
    Name{LinkType{163}, "IEEE802_11_AVS"},
    Name{LinkType{187}, "BLUETOOTH_HCI_H4"},
    Name{LinkType{189}, "USB_LINUX"},
    Name{LinkType{192}, "PPI"},
    Name{LinkType{195}, "IEEE802_15_4_WITHFCS"},
    Name{LinkType{201}, "BLUETOOTH_HCI_H4_WITH_PHDR"},
    Name{LinkType{220}, "USB_LINUX_MMAPPED"},
    Name{LinkType{224}, "FC_2"},
    Name{LinkType{227}, "CAN_SOCKETCAN"},
    Name{LinkType{230}, "IEEE802_15_4_NOFCS"},
    Name{LinkType{240}, "NETANALYZER"},
    Name{LinkType{242}, "IPOIB"},
    Name{LinkType{247}, "INFINIBAND"},
    Name{LinkType{249}, "USBPCAP"},
    Name{LinkType{251}, "BLUETOOTH_LE_LL"},
    Name{LinkType{252}, "WIRESHARK_UPPER_PDU"},
    Name{LinkType{253}, "NETLINK"},
    Name{LinkType{271}, "VSOCK"},
};

}  // namespace

std::optional<LinkPayload> ip_payload(LinkType link_type, std::span<const std::uint8_t> frame) {
  const Reader reader{frame};
  switch (link_type) {
    case LinkType::Ethernet: return payload(ip_in_ethernet(reader));
    case LinkType::LinuxCooked: return cooked(reader);
    case LinkType::LinuxCooked2: return cooked2(reader);
    case LinkType::Null:
    case LinkType::Loop: return loopback(reader);
    case LinkType::Ppp: return payload(ip_in_ppp(reader));
    case LinkType::PppHdlc: return payload(ip_in_ppp_or_cisco_hdlc(reader));
    case LinkType::PppEthernet: return payload(ip_in_pppoe(reader));
    case LinkType::PppPppd:
    case LinkType::PppDirection: return with_direction(reader, ip_in_ppp);
    case LinkType::CiscoHdlc: return payload(ip_in_cisco_hdlc(reader));
    case LinkType::CiscoHdlcDirection: return with_direction(reader, ip_in_cisco_hdlc);
    case LinkType::AtmRfc1483: return payload(ip_in_llc(reader));
    case LinkType::Wifi: return payload(ip_in_wifi(reader));
    case LinkType::WifiRadiotap: return payload(ip_in_radiotap(reader));
    case LinkType::PfLog: return pf_log(reader);
    case LinkType::NfLog: return nf_log(reader);
    case LinkType::Pktap:
    case LinkType::PktapOld: return pktap(reader);
    case LinkType::Raw:
    case LinkType::RawOld:
    case LinkType::RawOpenBsd:
    case LinkType::Ipv4:
    case LinkType::Ipv6: return LinkPayload{frame, std::nullopt};
  }
  return std::nullopt;
}

bool is_read(LinkType link_type) {
  switch (link_type) {
    case LinkType::Ethernet:
    case LinkType::LinuxCooked:
    case LinkType::LinuxCooked2:
    case LinkType::Null:
    case LinkType::Loop:
    case LinkType::Ppp:
    case LinkType::PppHdlc:
    case LinkType::PppEthernet:
    case LinkType::PppPppd:
    case LinkType::PppDirection:
    case LinkType::CiscoHdlc:
    case LinkType::CiscoHdlcDirection:
    case LinkType::AtmRfc1483:
    case LinkType::Wifi:
    case LinkType::WifiRadiotap:
    case LinkType::PfLog:
    case LinkType::NfLog:
    case LinkType::Pktap:
    case LinkType::PktapOld:
    case LinkType::Raw:
    case LinkType::RawOld:
    case LinkType::RawOpenBsd:
    case LinkType::Ipv4:
    case LinkType::Ipv6: return true;
  }
  return false;
}

std::string_view name_of(LinkType link_type) {
  const auto found = std::ranges::find(kNames, link_type, &Name::type);
  return found != kNames.end() ? found->name : std::string_view{};
}

}  // namespace synroute::wire
