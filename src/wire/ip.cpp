// SPDX-License-Identifier: Apache-2.0
#include "wire/ip.hpp"

#include "wire/reader.hpp"

#include <algorithm>
#include <array>

namespace synroute::wire {
namespace {

/// IANA numbers of the extension headers that are walked.
enum class Extension : std::uint8_t {
  HopByHop = 0,
  Routing = 43,
  Fragment = 44,
  Authentication = 51,
  DestinationOptions = 60,
};

/// RFC 8200 §4.1 names seven, one of them twice; more is an attack or an error.
constexpr int kExtensionsMax = 16;

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

/// Bytes of an extension header whose second byte is `length`.
std::size_t extension_size(Extension kind, std::uint8_t length) {
  switch (kind) {
    case Extension::Fragment: return 8;
    case Extension::Authentication: return (length + std::size_t{2}) * 4;
    case Extension::HopByHop:
    case Extension::Routing:
    case Extension::DestinationOptions: break;
  }
  return (length + std::size_t{1}) * 8;
}

bool is_extension(std::uint8_t next_header) {
  switch (Extension{next_header}) {
    case Extension::HopByHop:
    case Extension::Routing:
    case Extension::Fragment:
    case Extension::Authentication:
    case Extension::DestinationOptions: return true;
  }
  return false;
}

/// Reads the extension header that `header.protocol` names; true when it was all there.
bool read_extension(Reader& reader, IpHeaderRead& read) {
  IpHeader& header = read.header;
  const Extension kind{header.protocol};
  Reader peek = reader;
  const std::uint8_t next = peek.u8();
  Reader body{reader.take(extension_size(kind, peek.u8()))};
  if (reader.failed()) {
    return false;
  }
  body.skip(2);
  if (kind == Extension::Fragment) {
    const std::uint16_t fragment = body.u16();
    header.more_fragments = (fragment & 1) != 0;
    header.fragment_offset = fragment & 0xfff8;
    header.id = static_cast<std::uint16_t>(body.u32());
  } else if (kind == Extension::Routing) {
    body.skip(1);
    read.source_routed = body.u8() != 0;
  }
  header.protocol = next;
  return true;
}

void read_extensions(Reader& reader, IpHeaderRead& read) {
  IpHeader& header = read.header;
  for (int count = 0; is_extension(header.protocol) && header.fragment_offset == 0; ++count) {
    header.has_options = true;
    if (count == kExtensionsMax) {
      read.end = HeaderEnd::Malformed;
      return;
    }
    if (!read_extension(reader, read)) {
      read.end = HeaderEnd::Cut;
      return;
    }
    header.header_size = reader.position();
  }
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
  header.header_size = reader.position();
  read_extensions(reader, read);
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
