// SPDX-License-Identifier: Apache-2.0
#include "wire/pcapng.hpp"

#include "wire/byte_order.hpp"

#include <algorithm>
#include <bit>

namespace synroute::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t kOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;
/// Type, length, and the length again.
constexpr std::size_t kFrameOfBlock = 12;
constexpr std::uint64_t kSecondsEnd = std::uint64_t{1} << 32;

/// The resolution of time stamps: 10 to the power of −n seconds, or 2 to that (§4.2, if_tsresol).
struct Resolution {
  bool binary = false;
  unsigned power = 6;

  static Resolution read(std::uint8_t byte) { return {(byte & 0x80) != 0, byte & 0x7fU}; }
  /// No clock ticks finer than 10^-18 s, and 2^-63 is what 64 bits hold.
  [[nodiscard]] bool sane() const { return power <= (binary ? 63U : 18U); }
  [[nodiscard]] std::uint64_t per_second() const {
    return binary ? std::uint64_t{1} << power : to_the(power);
  }
  /// Less than a second, in nanoseconds.
  [[nodiscard]] std::int64_t nanoseconds(std::uint64_t ticks) const {
    constexpr unsigned kBits = 30;  // a second in nanoseconds has so many
    constexpr unsigned kDigits = 9;
    if (binary) {
      const std::uint64_t fits = power > kBits ? ticks >> (power - kBits) : ticks;
      return static_cast<std::int64_t>(fits * to_the(kDigits) >> std::min(power, kBits));
    }
    return static_cast<std::int64_t>(
        power > kDigits ? ticks / to_the(power - kDigits) : ticks * to_the(kDigits - power));
  }

 private:
  static std::uint64_t to_the(unsigned power) {
    std::uint64_t value = 1;
    for (unsigned i = 0; i < power; ++i) {
      value *= 10;
    }
    return value;
  }
};

struct Interface {
  LinkType link_type = LinkType::Raw;
  std::size_t snap_length = 0;  ///< 0: no limit
  Resolution resolution;
  std::int64_t offset = 0;  ///< seconds

  /// Beyond the years a clock can mean: 1970, as for no time.
  [[nodiscard]] WallTime time(std::uint64_t ticks) const {
    const std::uint64_t seconds = ticks / resolution.per_second();
    const auto end = static_cast<std::int64_t>(kSecondsEnd);
    if (seconds >= kSecondsEnd || offset <= -end || offset >= end) {
      return {};
    }
    const std::int64_t at = static_cast<std::int64_t>(seconds) + offset;
    const std::int64_t fraction = resolution.nanoseconds(ticks % resolution.per_second());
    return at < 0 || at >= end ? WallTime{}
                               : WallTime{std::chrono::seconds{at} + Duration{fraction}};
  }
};

std::size_t padded(std::size_t size) {
  return (size + 3) / 4 * 4;
}

/// Goes from block to block.
class Sections {
 public:
  explicit Sections(Bytes file) : reader_{file} {}

  std::expected<PcapFile, PcapError> run() {
    while (reader_.left() > 0) {
      if (!take_block()) {
        return std::unexpected{PcapError::BadRecord};
      }
    }
    return std::move(pcap_);
  }

 private:
  /// False when the file is damaged; one that merely ends early is cut.
  bool take_block() {
    Reader ahead = reader_;
    const std::uint32_t type = ahead.u32();  // of a section: the same in either order
    if (type == kPcapngSection && !begin_section(ahead)) {
      return false;
    }
    Reader start = reader_;
    const std::uint32_t kind = order_.u32(start);
    const std::size_t length = order_.u32(start);
    if (!start.failed() && (length < kFrameOfBlock || length % 4 != 0)) {
      return false;
    }
    const Bytes block = reader_.take(length);
    if (start.failed() || reader_.failed()) {
      pcap_.cut = true;
      reader_.rest();
      return true;
    }
    Reader body{block};
    body.skip(8);
    return take_body(kind, Reader{body.take_at_most(length - kFrameOfBlock)});
  }

  bool begin_section(Reader after_type) {
    after_type.skip(4);
    const std::uint32_t magic = after_type.u32();
    if (after_type.failed()) {
      return true;  // cut, which take_block() sees
    }
    order_.swapped = magic == __builtin_bswap32(kOrderMagic);
    interfaces_.clear();
    return order_.swapped || magic == kOrderMagic;
  }

  bool take_body(std::uint32_t kind, Reader body) {
    switch (kind) {
      case kInterface: return take_interface(body);
      case kEnhancedPacket: return take_enhanced(body);
      case kSimplePacket: return take_simple(body);
      default: return true;
    }
  }

  bool take_interface(Reader body) {
    Interface interface;
    interface.link_type = LinkType{order_.u16(body)};
    body.skip(2);
    interface.snap_length = order_.u32(body);
    if (body.failed() || !take_options(body, interface)) {
      return false;
    }
    if (interfaces_.empty() && pcap_.records.empty()) {
      pcap_.link_type = interface.link_type;
    }
    interfaces_.push_back(interface);
    return true;
  }

  bool take_options(Reader& body, Interface& interface) const {
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
        interface.resolution = Resolution::read(value.u8());
      } else if (code == kTimeOffset && length == 8) {
        interface.offset = std::bit_cast<std::int64_t>(u64(value));
      }
    }
    return interface.resolution.sane();
  }

  [[nodiscard]] std::uint64_t u64(Reader& value) const {
    const std::uint64_t first = order_.u32(value);
    const std::uint64_t second = order_.u32(value);
    return order_.swapped ? second << 32 | first : first << 32 | second;
  }

  bool take_enhanced(Reader body) {
    const std::size_t number = order_.u32(body);
    const std::uint64_t upper = order_.u32(body);
    const std::uint64_t lower = order_.u32(body);
    const std::size_t size = order_.u32(body);
    const std::size_t original_size = order_.u32(body);
    const Bytes frame = body.take(size);
    if (body.failed() || number >= interfaces_.size() || size > kPcapFrameMax) {
      return false;
    }
    const Interface& interface = interfaces_[number];
    pcap_.records.push_back(
        {interface.time(upper << 32 | lower), frame, original_size, interface.link_type});
    return true;
  }

  bool take_simple(Reader body) {
    const std::size_t original_size = order_.u32(body);
    if (body.failed() || interfaces_.empty()) {
      return false;
    }
    const Interface& interface = interfaces_.front();
    const std::size_t limit =
        interface.snap_length == 0 ? original_size : std::min(original_size, interface.snap_length);
    const Bytes frame = body.take_at_most(limit);
    pcap_.records.push_back({{}, frame, original_size, interface.link_type});
    return frame.size() <= kPcapFrameMax;
  }

  Reader reader_;
  ByteOrder order_;
  std::vector<Interface> interfaces_;
  PcapFile pcap_;
};

}  // namespace

std::expected<PcapFile, PcapError> read_pcapng(std::span<const std::uint8_t> file) {
  return Sections{file}.run();
}

}  // namespace synroute::wire
