// SPDX-License-Identifier: Apache-2.0
#include "wire/pcapng.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace synroute::wire {
namespace {

/// A section header, the same in either byte order.
constexpr std::uint32_t kSection = 0x0a0d0d0a;
constexpr std::uint32_t kOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;
/// Type, length, and the length again.
constexpr std::size_t kFrameOfBlock = 12;
/// Of the blocks that are read: a frame with comments. libpcap allows 16 MiB.
constexpr std::size_t kBlockMax = std::size_t{1} << 20;
/// Of one section. Each needs 20 bytes of the file.
constexpr std::size_t kInterfacesMax = 65536;
/// 2262: what 63 bits of nanoseconds hold.
constexpr std::int64_t kSecondsEnd = 9'223'372'036;

std::uint64_t ten_to_the(unsigned power) {
  std::uint64_t value = 1;
  for (unsigned i = 0; i < power; ++i) {
    value *= 10;
  }
  return value;
}

std::size_t padded(std::size_t size) {
  return (size + 3) / 4 * 4;
}

bool is_kept(std::uint32_t kind) {
  return kind == kSection || kind == kInterface || kind == kObsoletePacket || kind == kSimplePacket
         || kind == kEnhancedPacket;
}

}  // namespace

/// No clock ticks finer than 10^-18 s, and 2^-63 is what 64 bits hold.
bool PcapngSections::Resolution::sane() const {
  return power <= (binary ? 63U : 18U);
}

std::uint64_t PcapngSections::Resolution::per_second() const {
  return binary ? std::uint64_t{1} << power : ten_to_the(power);
}

/// `ticks`: less than a second.
std::int64_t PcapngSections::Resolution::nanoseconds(std::uint64_t ticks) const {
  constexpr unsigned kBits = 30;  // a second in nanoseconds has so many
  constexpr unsigned kDigits = 9;
  if (binary) {
    const std::uint64_t fits = power > kBits ? ticks >> (power - kBits) : ticks;
    return static_cast<std::int64_t>(fits * ten_to_the(kDigits) >> std::min(power, kBits));
  }
  return static_cast<std::int64_t>(
      power > kDigits ? ticks / ten_to_the(power - kDigits) : ticks * ten_to_the(kDigits - power));
}

/// Before 1970 or beyond 2262: no time.
std::optional<WallTime> PcapngSections::Interface::time(std::uint64_t ticks) const {
  const std::uint64_t seconds = ticks / resolution.per_second();
  if (seconds >= static_cast<std::uint64_t>(kSecondsEnd) || offset <= -kSecondsEnd
      || offset >= kSecondsEnd) {
    return std::nullopt;
  }
  const std::int64_t at = static_cast<std::int64_t>(seconds) + offset;
  if (at < 0 || at >= kSecondsEnd) {
    return std::nullopt;
  }
  const std::int64_t fraction = resolution.nanoseconds(ticks % resolution.per_second());
  return WallTime{std::chrono::seconds{at} + Duration{fraction}};
}

bool PcapngSections::begins(Bytes start) {
  Reader reader{start};
  const std::uint32_t type = reader.u32();
  reader.skip(4);
  const std::uint32_t magic = reader.u32();
  return type == kSection && (magic == kOrderMagic || magic == __builtin_bswap32(kOrderMagic));
}

std::optional<PcapRecord> PcapngSections::next(ByteStream& stream) {
  stream.skip(std::exchange(taken_, 0));
  PcapRecord record;
  while (!damage_ && !stream.peek(1).empty()) {
    const std::uint64_t offset = stream.offset();
    switch (take_block(stream, record)) {
      case Outcome::Packet: return record;
      case Outcome::Other: break;
      case Outcome::Damage:
        damage_ = damage_.value_or(PcapDamage{.offset = offset, .cut = false});
        break;
    }
  }
  return std::nullopt;
}

PcapngSections::Outcome PcapngSections::take_block(ByteStream& stream, PcapRecord& record) {
  const std::uint64_t offset = stream.offset();
  const auto cut = [&] {
    damage_ = PcapDamage{.offset = offset, .cut = true};
    return Outcome::Damage;
  };
  const Bytes start = stream.peek(kFrameOfBlock);
  if (start.size() < kFrameOfBlock) {
    return cut();
  }
  if (Reader{start}.u32() == kSection && !begin_section(start)) {
    return Outcome::Damage;
  }
  Reader head{start};
  const std::uint32_t kind = order_.u32(head);
  const std::size_t length = order_.u32(head);
  if (length < kFrameOfBlock || length % 4 != 0 || (is_kept(kind) && length > kBlockMax)) {
    return Outcome::Damage;
  }
  if (!is_kept(kind)) {
    return stream.skip(length) ? Outcome::Other : cut();
  }
  const Bytes block = stream.peek(length);
  if (block.size() < length) {
    return cut();
  }
  taken_ = length;
  const Outcome outcome = take_body(kind, block.subspan(8, length - kFrameOfBlock), record);
  if (outcome == Outcome::Other) {
    stream.skip(std::exchange(taken_, 0));
  }
  return outcome;
}

bool PcapngSections::begin_section(Bytes start) {
  if (!begins(start)) {
    return false;
  }
  order_.swapped = Reader{start.subspan(8)}.u32() != kOrderMagic;
  interfaces_.clear();
  return true;
}

PcapngSections::Outcome PcapngSections::take_body(
    std::uint32_t kind, Bytes bytes, PcapRecord& record) {
  const auto packet = [](bool good) { return good ? Outcome::Packet : Outcome::Damage; };
  Reader body{bytes};
  switch (kind) {
    case kInterface: return take_interface(body) ? Outcome::Other : Outcome::Damage;
    case kEnhancedPacket: {
      const std::size_t number = order_.u32(body);
      return packet(take_packet(number, body, record));
    }
    case kObsoletePacket: {
      const std::size_t number = order_.u16(body);
      body.skip(2);  // packets dropped before this one
      return packet(take_packet(number, body, record));
    }
    case kSimplePacket: return packet(take_simple(body, record));
    default: return Outcome::Other;
  }
}

bool PcapngSections::take_interface(Reader body) {
  Interface interface;
  interface.link_type = LinkType{order_.u16(body)};
  body.skip(2);
  interface.snap_length = order_.u32(body);
  if (body.failed() || interfaces_.size() == kInterfacesMax || !take_options(body, interface)) {
    return false;
  }
  interfaces_.push_back(interface);
  return true;
}

bool PcapngSections::take_options(Reader& body, Interface& interface) const {
  while (body.left() > 0) {
    const std::uint16_t code = order_.u16(body);
    const std::size_t length = order_.u16(body);
    Reader value{body.take(length)};
    body.take_at_most(padded(length) - length);
    if (body.failed()) {
      return false;
    }
    if (code == kEndOfOptions) {
      break;
    }
    if (code == kTimeResolution && length == 1) {
      const std::uint8_t byte = value.u8();
      interface.resolution = {.binary = (byte & 0x80) != 0, .power = byte & 0x7fU};
    } else if (code == kTimeOffset && length == 8) {
      interface.offset = std::bit_cast<std::int64_t>(u64(value));
    }
  }
  return interface.resolution.sane();
}

std::uint64_t PcapngSections::u64(Reader& value) const {
  const std::uint64_t first = order_.u32(value);
  const std::uint64_t second = order_.u32(value);
  return order_.swapped ? second << 32 | first : first << 32 | second;
}

bool PcapngSections::take_packet(std::size_t number, Reader body, PcapRecord& record) const {
  const std::uint64_t upper = order_.u32(body);
  const std::uint64_t lower = order_.u32(body);
  const std::size_t size = order_.u32(body);
  const std::size_t original_size = order_.u32(body);
  const Bytes frame = body.take(size);
  if (body.failed() || number >= interfaces_.size() || size > kPcapFrameMax) {
    return false;
  }
  const Interface& interface = interfaces_[number];
  record = {interface.time(upper << 32 | lower), frame, original_size, interface.link_type};
  return true;
}

bool PcapngSections::take_simple(Reader body, PcapRecord& record) const {
  const std::size_t original_size = order_.u32(body);
  if (body.failed() || interfaces_.empty()) {
    return false;
  }
  const Interface& interface = interfaces_.front();
  const std::size_t limit =
      interface.snap_length == 0 ? original_size : std::min(original_size, interface.snap_length);
  const Bytes frame = body.take_at_most(limit);
  record = {std::nullopt, frame, original_size, interface.link_type};
  return frame.size() <= kPcapFrameMax;
}

}  // namespace synroute::wire
