// SPDX-License-Identifier: Apache-2.0
#include "wire/ipv6_chain.hpp"

#include "wire/reader.hpp"

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

/// Bytes of an extension header whose second byte is `length`: units of eight bytes without the
/// first (RFC 8200), but units of four without the first two for authentication (RFC 4302 §2.2).
/// The second byte of a fragment header is reserved.
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

/// Reads the extension header that `chain.protocol` names; false when it is cut.
bool read_extension(Reader& reader, Ipv6Chain& chain) {
  const Extension kind{chain.protocol};
  Reader peek = reader;
  const std::uint8_t next = peek.u8();
  Reader body{reader.take(extension_size(kind, peek.u8()))};
  if (reader.failed()) {
    return false;
  }
  body.skip(2);
  if (kind == Extension::Fragment) {
    const std::uint16_t field = body.u16();
    chain.fragment = {
        .offset = static_cast<std::uint16_t>(field & 0xfff8),
        .more = (field & 1) != 0,
        .id = body.u32()};
  } else if (kind == Extension::Routing) {
    body.skip(1);
    chain.source_routed = body.u8() != 0;
  }
  chain.protocol = next;
  return true;
}

}  // namespace

Ipv6Chain walk_ipv6_chain(std::uint8_t next_header, std::span<const std::uint8_t> bytes) {
  Reader reader{bytes};
  Ipv6Chain chain{.protocol = next_header};
  for (int count = 0; is_extension(chain.protocol); ++count) {
    if (chain.fragment && chain.fragment->offset != 0) {
      break;
    }
    chain.has_headers = true;
    if (count == kIpv6ExtensionsMax) {
      chain.end = HeaderEnd::Malformed;
      break;
    }
    if (!read_extension(reader, chain)) {
      chain.end = HeaderEnd::Cut;
      break;
    }
    chain.size = reader.position();
  }
  return chain;
}

}  // namespace synroute::wire
