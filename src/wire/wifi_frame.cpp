// SPDX-License-Identifier: Apache-2.0
#include "wire/wifi_frame.hpp"

#include "wire/byte_order.hpp"

namespace synroute::wire {
namespace {

constexpr ByteOrder kLittle{.swapped = true};

/// `padded`: bytes were added behind the header so that the data begins at a multiple of four.
MaybePacket ip_in_data_frame(Reader frame, bool padded) {
  constexpr std::uint8_t kTypeMask = 0x0f;  // version and type
  constexpr std::uint8_t kData = 0x08;
  constexpr std::uint8_t kNoData = 0x40;
  constexpr std::uint8_t kQos = 0x80;
  constexpr std::uint8_t kBetweenStations = 0x03;  // to and from a distribution system
  constexpr std::uint8_t kEncrypted = 0x40;
  constexpr std::uint8_t kHtControl = 0x80;
  const std::uint8_t type = frame.u8();
  const std::uint8_t flags = frame.u8();
  if ((type & kTypeMask) != kData || (type & kNoData) != 0 || (flags & kEncrypted) != 0) {
    return std::nullopt;
  }
  std::size_t size = 24;
  size += (flags & kBetweenStations) == kBetweenStations ? 6 : 0;
  const bool qos = (type & kQos) != 0;
  size += qos ? 2 : 0;
  size += qos && (flags & kHtControl) != 0 ? 4 : 0;
  frame.skip((padded ? (size + 3) / 4 * 4 : size) - 2);
  return ip_in_llc(frame);
}

}  // namespace

MaybePacket ip_in_wifi(Reader frame) {
  return ip_in_data_frame(frame, false);
}

MaybePacket ip_in_radiotap(Reader frame) {
  constexpr std::uint32_t kMore = 0x80000000;
  constexpr std::uint32_t kTimer = 1;
  constexpr std::uint32_t kFlags = 2;
  constexpr std::uint8_t kPadded = 0x20;
  Reader header = frame;
  header.skip(2);
  const std::size_t length = kLittle.u16(header);
  const std::uint32_t present = kLittle.u32(header);
  for (std::uint32_t more = present; (more & kMore) != 0;) {
    more = kLittle.u32(header);
  }
  if ((present & kTimer) != 0) {
    header.skip(((8 - (header.position() % 8)) % 8) + 8);
  }
  const bool padded = (present & kFlags) != 0 && (header.u8() & kPadded) != 0;
  frame.skip(length);
  return header.failed() ? std::nullopt : ip_in_data_frame(frame, padded);
}

}  // namespace synroute::wire
