// SPDX-License-Identifier: Apache-2.0
#include "neighbour.hpp"

#include "wire/datagram.hpp"

#include <algorithm>

namespace synroute::lab {

namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes& bytes, std::span<const std::uint8_t> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

bool has_type(std::span<const std::uint8_t> frame, EtherType type) {
  return frame.size() >= kEthernetHeaderSize
         && (frame[12] << 8 | frame[13]) == static_cast<int>(type);
}

/// RFC 826: "who has TARGET? tell SENDER", both IPv4 on Ethernet.
std::optional<Bytes> answer_arp(std::span<const std::uint8_t> request) {
  constexpr std::array<std::uint8_t, 8> kRequest{0, 1, 8, 0, 6, 4, 0, 1};
  constexpr std::array<std::uint8_t, 8> kReply{0, 1, 8, 0, 6, 4, 0, 2};
  if (request.size() < 28 || !std::ranges::equal(request.first(8), kRequest)) {
    return std::nullopt;
  }
  Bytes reply{kReply.begin(), kReply.end()};
  append(reply, kGatewayMac);
  append(reply, request.subspan(24, 4));
  append(reply, request.subspan(8, 10));
  return reply;
}

/// RFC 4861 §7.2.4: solicited, overriding, with the target's link-layer address.
std::optional<Bytes> answer_solicitation(std::span<const std::uint8_t> packet) {
  constexpr std::uint8_t kSolicitation = 135;
  constexpr std::uint8_t kAdvertisement = 136;
  const auto request = wire::dissect(packet);
  const wire::IcmpMessage* icmp = request ? request->icmp() : nullptr;
  // An unspecified source detects duplicates of its own address: there are none.
  if (icmp == nullptr || icmp->type != kSolicitation || icmp->payload.size() < 16
      || request->ip.source.is_unspecified()) {
    return std::nullopt;
  }
  std::array<std::uint8_t, 16> target{};
  std::copy_n(icmp->payload.begin(), target.size(), target.begin());
  Bytes told{target.begin(), target.end()};
  append(told, std::array<std::uint8_t, 2>{2, 1});
  append(told, kGatewayMac);
  wire::Datagram reply;
  reply.ip.source = IpAddress::v6(target);
  reply.ip.destination = request->ip.source;
  reply.ip.ttl = Ttl{255};
  reply.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Icmp6);
  reply.body =
      wire::IcmpMessage{.type = kAdvertisement, .rest = 0x60000000, .payload = std::move(told)};
  return wire::bytes(reply);
}

}  // namespace

std::array<std::uint8_t, kEthernetHeaderSize> header_from_gateway(EtherType type) {
  std::array<std::uint8_t, kEthernetHeaderSize> header{};
  std::ranges::copy(kOwnMac, header.begin());
  std::ranges::copy(kGatewayMac, header.begin() + 6);
  header[12] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(type) >> 8);
  header[13] = static_cast<std::uint8_t>(type);
  return header;
}

std::optional<std::vector<std::uint8_t>> neighbour_answer(std::span<const std::uint8_t> frame) {
  std::optional<Bytes> answer;
  EtherType type = EtherType::Arp;
  if (has_type(frame, EtherType::Arp)) {
    answer = answer_arp(frame.subspan(kEthernetHeaderSize));
  } else if (has_type(frame, EtherType::Ipv6)) {
    type = EtherType::Ipv6;
    answer = answer_solicitation(frame.subspan(kEthernetHeaderSize));
  }
  if (answer) {
    const auto header = header_from_gateway(type);
    answer->insert(answer->begin(), header.begin(), header.end());
  }
  return answer;
}

}  // namespace synroute::lab
