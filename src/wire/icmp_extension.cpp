// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_extension.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace synroute::wire {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kObjectHeaderSize = 4;
constexpr std::uint8_t kMplsClass = 1;
constexpr std::uint8_t kIncomingStack = 1;
constexpr std::uint8_t kInterfaceClass = 2;
// C-Type bits of an interface object (RFC 5837 §4.1).
constexpr std::uint8_t kHasIndex = 0x08;
constexpr std::uint8_t kHasAddress = 0x04;
constexpr std::uint8_t kHasName = 0x02;
constexpr std::uint8_t kHasMtu = 0x01;
constexpr std::uint16_t kAfiIpv4 = 1;
constexpr std::uint16_t kAfiIpv6 = 2;
/// Length byte included (RFC 5837 §4.3).
constexpr std::size_t kNameSizeMax = 64;

void read_mpls(Reader object, std::vector<MplsLabel>& labels) {
  while (object.left() >= 4 && labels.size() < kMplsLabelsMax) {
    const std::uint32_t entry = object.u32();
    labels.push_back(
        {.label = entry >> 12,
         .traffic_class = static_cast<std::uint8_t>(entry >> 9 & 7),
         .bottom = (entry >> 8 & 1) != 0,
         .ttl = static_cast<std::uint8_t>(entry)});
  }
}

std::optional<IpAddress> read_address(Reader& object) {
  const std::uint16_t afi = object.u16();
  object.skip(2);
  if (afi == kAfiIpv4) {
    const std::uint32_t bits = object.u32();
    return object.failed() ? std::nullopt : std::optional{IpAddress::v4(bits)};
  }
  const auto bytes = object.take(16);
  if (afi != kAfiIpv6 || object.failed()) {
    object.skip(object.left() + 1);  // unknown family, unknown size: nothing behind it can be found
    return std::nullopt;
  }
  std::array<std::uint8_t, 16> octets{};
  std::ranges::copy(bytes, octets.begin());
  return IpAddress::v6(octets);
}

std::optional<std::string> read_name(Reader& object) {
  const std::uint8_t size = object.u8();
  if (size == 0 || size > kNameSizeMax) {
    object.skip(object.left() + 1);
    return std::nullopt;
  }
  const auto bytes = object.take(size - std::size_t{1});
  if (object.failed()) {
    return std::nullopt;
  }
  std::string name{bytes.begin(), bytes.end()};
  name.erase(name.find_last_not_of('\0') + 1);
  return name;
}

/// The fields stand in a fixed order; the first one that does not fit ends the reading.
InterfaceInfo read_interface(std::uint8_t c_type, Reader object) {
  InterfaceInfo info{.role = InterfaceInfo::Role{static_cast<std::uint8_t>(c_type >> 6)}};
  const auto number = [&object] {
    const std::uint32_t value = object.u32();
    return object.failed() ? std::nullopt : std::optional{value};
  };
  if ((c_type & kHasIndex) != 0) {
    info.index = number();
  }
  if ((c_type & kHasAddress) != 0) {
    info.address = read_address(object);
  }
  if ((c_type & kHasName) != 0) {
    info.name = read_name(object);
  }
  if ((c_type & kHasMtu) != 0) {
    info.mtu = number();
  }
  return info;
}

void drop_ambiguous_roles(std::vector<InterfaceInfo>& interfaces) {
  std::array<int, 4> count{};
  for (const InterfaceInfo& info : interfaces) {
    ++count[static_cast<std::size_t>(info.role)];
  }
  std::erase_if(interfaces, [&](const InterfaceInfo& info) {
    return count[static_cast<std::size_t>(info.role)] > 1;
  });
}

bool read_object(Reader& reader, Extensions& extensions) {
  const std::uint16_t size = reader.u16();
  const std::uint8_t class_number = reader.u8();
  const std::uint8_t class_type = reader.u8();
  if (reader.failed() || size < kObjectHeaderSize) {
    return false;
  }
  const auto payload = reader.take(size - kObjectHeaderSize);
  if (reader.failed()) {
    return false;
  }
  if (class_number == kMplsClass && class_type == kIncomingStack) {
    read_mpls(Reader{payload}, extensions.mpls);
  } else if (class_number == kInterfaceClass) {
    extensions.interfaces.push_back(read_interface(class_type, Reader{payload}));
  } else {
    extensions.unknown.push_back({class_number, class_type, {payload.begin(), payload.end()}});
  }
  return true;
}

struct StructureHeader {
  std::uint8_t version = 0;
  std::uint16_t checksum = 0;
};

StructureHeader read_structure_header(Reader& reader) {
  const std::uint16_t first = reader.u16();
  return {static_cast<std::uint8_t>(first >> 12), reader.u16()};
}

/// Writes an object whose payload `body` writes, and its length.
template <class Body>
void write_object(
    Writer& to, std::uint8_t class_number, std::uint8_t class_type, const Body& body) {
  const std::size_t start = to.size();
  to.u16(0).u8(class_number).u8(class_type);
  body();
  to.patch_u16(start, static_cast<std::uint16_t>(to.written(start).size()));
}

std::uint8_t class_type(const InterfaceInfo& info) {
  return static_cast<std::uint8_t>(
      static_cast<unsigned>(info.role) << 6 | (info.index ? kHasIndex : 0U)
      | (info.address ? kHasAddress : 0U) | (info.name ? kHasName : 0U)
      | (info.mtu ? kHasMtu : 0U));
}

void write_name(std::string_view name, Writer& to) {
  name = name.substr(0, kNameSizeMax - 1);
  const std::size_t size = (name.size() + 1 + 3) / 4 * 4;
  to.u8(static_cast<std::uint8_t>(size));
  for (const char byte : name) {
    to.u8(static_cast<std::uint8_t>(byte));
  }
  to.zeros(size - 1 - name.size());
}

void write_interface(const InterfaceInfo& info, Writer& to) {
  if (info.index) {
    to.u32(*info.index);
  }
  if (info.address) {
    to.u16(info.address->family() == Family::V4 ? kAfiIpv4 : kAfiIpv6).u16(0);
    to.bytes(info.address->bytes());
  }
  if (info.name) {
    write_name(*info.name, to);
  }
  if (info.mtu) {
    to.u32(*info.mtu);
  }
}

}  // namespace

std::optional<Extensions> read_extensions(std::span<const std::uint8_t> structure) {
  Reader reader{structure};
  const StructureHeader header = read_structure_header(reader);
  if (reader.failed() || header.version != kVersion) {
    return std::nullopt;
  }
  // Zero says that the sender computed none (RFC 4884 §7).
  if (header.checksum != 0 && InternetSum{}.add(structure).verdict() == Checksum::Bad) {
    return std::nullopt;
  }
  Extensions extensions;
  for (std::size_t count = 0; count < kExtensionObjectsMax; ++count) {
    if (!read_object(reader, extensions)) {
      break;
    }
  }
  drop_ambiguous_roles(extensions.interfaces);
  return extensions;
}

bool may_carry_extensions(Family family, std::uint8_t type) {
  switch (kind(family, type)) {
    case IcmpKind::TimeExceeded:
    case IcmpKind::Unreachable: return true;
    case IcmpKind::ParameterProblem: return family == Family::V4;
    case IcmpKind::PacketTooBig:
    case IcmpKind::SourceQuench:
    case IcmpKind::Redirect:
    case IcmpKind::EchoRequest:
    case IcmpKind::EchoReply:
    case IcmpKind::Other: break;
  }
  return false;
}

std::size_t length_unit(Family family) {
  return family == Family::V4 ? 4 : 8;
}

std::uint32_t length_field(Family family, std::uint8_t words) {
  return std::uint32_t{words} << (family == Family::V4 ? 16 : 24);
}

std::optional<LocatedExtensions> find_extensions(
    Family family, std::uint8_t type, std::uint32_t rest, std::span<const std::uint8_t> payload) {
  if (!may_carry_extensions(family, type)) {
    return std::nullopt;
  }
  const std::size_t words = rest >> (family == Family::V4 ? 16 : 24) & 0xff;
  const std::size_t offset = std::max(words * length_unit(family), kExtensionOffsetMin);
  const auto structure = behind(payload, offset);
  if (structure.size() < 2 * kObjectHeaderSize) {
    return std::nullopt;
  }
  Reader header{structure};
  if (words == 0 && read_structure_header(header).checksum == 0) {
    return std::nullopt;  // any quoted packet may hold 2x xx 00 00 here
  }
  auto extensions = read_extensions(structure);
  return extensions ? std::optional{LocatedExtensions{offset, *std::move(extensions)}}
                    : std::nullopt;
}

std::vector<std::uint8_t> encode(const Extensions& extensions) {
  if (extensions == Extensions{}) {
    return {};
  }
  Writer writer{64};
  writer.u16(kVersion << 12).u16(0);
  if (!extensions.mpls.empty()) {
    write_object(writer, kMplsClass, kIncomingStack, [&] {
      for (const MplsLabel& label : extensions.mpls) {
        writer.u32(
            label.label << 12 | (label.traffic_class & 7U) << 9 | (label.bottom ? 1U << 8 : 0U)
            | label.ttl);
      }
    });
  }
  for (const InterfaceInfo& info : extensions.interfaces) {
    write_object(writer, kInterfaceClass, class_type(info), [&] { write_interface(info, writer); });
  }
  for (const UnknownObject& object : extensions.unknown) {
    write_object(
        writer, object.class_number, object.class_type, [&] { writer.bytes(object.payload); });
  }
  writer.patch_u16(2, checksum(writer.written()));
  return writer.take();
}

}  // namespace synroute::wire
