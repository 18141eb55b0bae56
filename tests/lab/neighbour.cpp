// SPDX-License-Identifier: Apache-2.0
#include "neighbour.hpp"

#include <algorithm>
#include <array>

namespace synroute::lab {
namespace {

constexpr std::array<std::uint8_t, 6> kOwnAddress{0x02, 0, 0, 0, 0, 0x01};
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::size_t kArpSize = 28;
constexpr std::uint8_t kSolicitation = 135;
constexpr std::uint8_t kAdvertisement = 136;

void append(Bytes& bytes, View more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

[[nodiscard]] std::optional<Bytes> answer_arp(View frame) {
  const View arp = frame.subspan(kFrameHeader);
  if (arp.size() < kArpSize || read16(arp, 6) != 1
      || std::ranges::equal(arp.subspan(14, 4), arp.subspan(24, 4))) {
    return std::nullopt;
  }
  Bytes answer{arp.begin(), arp.begin() + 6};
  append(answer, std::array<std::uint8_t, 2>{0, 2});
  append(answer, kOwnAddress);
  append(answer, arp.subspan(24, 4));
  append(answer, arp.subspan(8, 10));
  return frame_back(frame, answer);
}

[[nodiscard]] std::optional<Bytes> answer_solicitation(View frame) {
  const View packet = frame.subspan(kFrameHeader);
  Layout layout;
  if (!find_layout(packet, layout) || layout.protocol != kIcmp6 || packet.size() < 64
      || packet[layout.header] != kSolicitation || packet[layout.source] == 0) {
    return std::nullopt;
  }
  const View wanted = packet.subspan(layout.header + 8, 16);
  Bytes message{kAdvertisement, 0, 0, 0, 0x60, 0, 0, 0};  // solicited, override
  append(message, wanted);
  append(message, std::array<std::uint8_t, 2>{2, 1});
  append(message, kOwnAddress);
  Bytes answer = make_header(
      wanted, packet.subspan(layout.source, layout.address), kIcmp6, 255, message.size());
  append(answer, message);
  seal(answer, layout, 2);
  return frame_back(frame, answer);
}

}  // namespace

std::optional<Bytes> answer_neighbour(View frame) {
  if (frame.size() < kFrameHeader) {
    return std::nullopt;
  }
  switch (read16(frame, 12)) {
    case kArp: return answer_arp(frame);
    case kIpv6: return answer_solicitation(frame);
    default: return std::nullopt;
  }
}

bool carries_datagram(View frame) {
  return frame.size() > kFrameHeader && (read16(frame, 12) == kIpv4 || read16(frame, 12) == kIpv6);
}

Bytes frame_back(View question, View datagram) {
  Bytes frame;
  append(frame, question.subspan(6, 6));
  append(frame, kOwnAddress);
  append(frame, question.subspan(12, 2));
  append(frame, datagram);
  return frame;
}

}  // namespace synroute::lab
