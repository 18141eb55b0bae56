// SPDX-License-Identifier: Apache-2.0
#include "wire/datagram.hpp"

#include "wire/quote.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::wire {
namespace {

constexpr std::size_t kIcmpHeaderSize = 8;
constexpr std::size_t kUdpHeaderSize = 8;
constexpr std::uint8_t kNoNextHeader = 59;

using Bytes = std::span<const std::uint8_t>;
using Body = decltype(Datagram::body);

std::vector<std::uint8_t> copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// What is behind the IP header, and whether it can be judged.
struct Transport {
  const IpHeader& ip;
  Bytes bytes;
  bool cut = false;         ///< the packet claims more bytes than are here
  bool verifiable = false;  ///< all bytes are here and the pseudo header is known

  /// A header that does not fit: cut off on the way to us, or wrong from the start.
  [[nodiscard]] DissectError too_short() const {
    return cut ? DissectError::Truncated : DissectError::BadHeader;
  }
  [[nodiscard]] Checksum verdict() const {
    return verifiable ? pseudo_header(ip.source, ip.destination, ip.protocol, bytes.size())
                            .add(bytes)
                            .verdict()
                      : Checksum::Unknown;
  }
};

std::expected<Body, DissectError> read_tcp(const Transport& transport) {
  const auto read = read_tcp_header(transport.bytes);
  if (!read) {
    const bool is_short = transport.bytes.size() < TcpHeader::kSize;
    return std::unexpected{is_short ? transport.too_short() : DissectError::BadHeader};
  }
  if (!read->complete) {
    return std::unexpected{transport.too_short()};
  }
  return TcpSegment{read->header, copy(behind(transport.bytes, read->size)), transport.verdict()};
}

std::expected<Body, DissectError> read_udp(const Transport& transport) {
  Reader reader{transport.bytes};
  UdpDatagram udp{.source_port = Port{reader.u16()}, .destination_port = Port{reader.u16()}};
  const std::uint16_t length = reader.u16();
  const std::uint16_t sum = reader.u16();
  if (reader.failed()) {
    return std::unexpected{transport.too_short()};
  }
  if (length != 0 && length < kUdpHeaderSize) {
    return std::unexpected{DissectError::BadHeader};
  }
  // Zero: longer than 65535 bytes (RFC 2675 §4).
  Transport judged = transport;
  judged.bytes = length == 0 ? transport.bytes : first_at_most(transport.bytes, length);
  judged.verifiable = transport.verifiable && sum != 0 && length <= transport.bytes.size();
  udp.payload = copy(behind(judged.bytes, kUdpHeaderSize));
  udp.checksum = judged.verdict();
  return udp;
}

std::expected<Body, DissectError> read_icmp(const Transport& transport) {
  Reader reader{transport.bytes};
  IcmpMessage message{.type = reader.u8(), .code = reader.u8()};
  reader.skip(2);
  message.rest = reader.u32();
  if (reader.failed()) {
    return std::unexpected{transport.too_short()};
  }
  message.payload = copy(reader.rest());
  if (transport.ip.family() == Family::V6) {
    message.checksum = transport.verdict();
  } else if (transport.verifiable) {
    message.checksum = InternetSum{}.add(transport.bytes).verdict();
  }
  interpret(transport.ip.family(), message);
  return message;
}

std::expected<Body, DissectError> read_body(const Transport& transport) {
  if (transport.ip.fragment_offset != 0) {
    return OtherPayload{copy(transport.bytes)};
  }
  const bool v4 = transport.ip.family() == Family::V4;
  switch (Protocol{transport.ip.protocol}) {
    case Protocol::Tcp: return read_tcp(transport);
    case Protocol::Udp: return read_udp(transport);
    case Protocol::Icmp:
      if (v4) {
        return read_icmp(transport);
      }
      break;
    case Protocol::Icmp6:
      if (!v4) {
        return read_icmp(transport);
      }
      break;
  }
  return OtherPayload{copy(transport.bytes)};
}

/// Zero stands for "more than fits", or for "the card fills it in": then the buffer's end is the
/// end.
bool states_no_length(Bytes packet, const IpHeader& header) {
  if (header.family() == Family::V4) {
    return header.total_length == 0;
  }
  return header.total_length == 40 && packet[6] != kNoNextHeader;
}

std::uint16_t length_on_wire(std::size_t length) {
  return static_cast<std::uint16_t>(length > 0xffff ? 0 : length);
}

std::uint16_t fragment_field(const IpHeader& header) {
  return static_cast<std::uint16_t>(
      (header.fragment_offset / 8) | (header.more_fragments ? 0x2000 : 0)
      | (header.dont_fragment ? 0x4000 : 0));
}

void write_v4(const IpHeader& header, std::uint8_t protocol, std::size_t body_size, Writer& to) {
  to.u8(0x45).u8(header.tos).u16(length_on_wire(20 + body_size));
  to.u16(header.id).u16(fragment_field(header));
  to.u8(header.ttl.value()).u8(protocol).u16(0);
  to.u32(header.source.v4_bits()).u32(header.destination.v4_bits());
  to.patch_u16(10, checksum(to.written()));
}

void write_v6(const IpHeader& header, std::uint8_t protocol, std::size_t body_size, Writer& to) {
  constexpr std::uint8_t kFragment = 44;
  const bool fragment = header.more_fragments || header.fragment_offset != 0;
  to.u32(6U << 28 | std::uint32_t{header.tos} << 20 | (header.flow_label & 0xfffff));
  to.u16(length_on_wire(body_size + (fragment ? 8 : 0)));
  to.u8(fragment ? kFragment : protocol).u8(header.ttl.value());
  to.bytes(header.source.bytes()).bytes(header.destination.bytes());
  if (fragment) {
    to.u8(protocol).u8(0);
    to.u16(static_cast<std::uint16_t>(
        (header.fragment_offset & 0xfff8) | (header.more_fragments ? 1 : 0)));
    to.u32(header.id);
  }
}

/// Writes one body behind a header with `header` as its IP header.
class BodyWriter {
 public:
  BodyWriter(const IpHeader& header, Writer& to) : header_{header}, to_{to} {}

  void operator()(const TcpSegment& segment) const {
    const std::size_t start = begin(
        Protocol::Tcp,
        TcpHeader::kSize + segment.header.options.padded_size() + segment.payload.size());
    write(segment.header, to_);
    to_.bytes(segment.payload);
    to_.patch_u16(start + 16, sum(Protocol::Tcp, start).checksum());
  }

  void operator()(const UdpDatagram& udp) const {
    const std::size_t size = kUdpHeaderSize + udp.payload.size();
    const std::size_t start = begin(Protocol::Udp, size);
    to_.u16(udp.source_port.value()).u16(udp.destination_port.value());
    to_.u16(length_on_wire(size)).u16(0).bytes(udp.payload);
    const std::uint16_t computed = sum(Protocol::Udp, start).checksum();
    // Zero would say "none" (RFC 768).
    to_.patch_u16(start + 6, computed == 0 ? 0xffff : computed);
  }

  void operator()(const IcmpMessage& message) const {
    const bool v4 = header_.family() == Family::V4;
    const Protocol protocol = v4 ? Protocol::Icmp : Protocol::Icmp6;
    const std::size_t start = begin(protocol, kIcmpHeaderSize + message.payload.size());
    to_.u8(message.type).u8(message.code).u16(0).u32(message.rest).bytes(message.payload);
    const InternetSum computed = v4 ? InternetSum{}.add(to_.written(start)) : sum(protocol, start);
    to_.patch_u16(start + 2, computed.checksum());
  }

  void operator()(const OtherPayload& other) const {
    static_cast<void>(begin(Protocol{header_.protocol}, other.bytes.size()));
    to_.bytes(other.bytes);
  }

 private:
  /// Writes the IP header; where the body begins.
  [[nodiscard]] std::size_t begin(Protocol protocol, std::size_t body_size) const {
    const auto write_header = header_.family() == Family::V4 ? write_v4 : write_v6;
    write_header(header_, static_cast<std::uint8_t>(protocol), body_size, to_);
    return to_.size();
  }
  [[nodiscard]] InternetSum sum(Protocol protocol, std::size_t start) const {
    const auto body = to_.written(start);
    return pseudo_header(
               header_.source,
               header_.destination,
               static_cast<std::uint8_t>(protocol),
               body.size())
        .add(body);
  }

  const IpHeader& header_;
  Writer& to_;
};

}  // namespace

Checksum checksum(const Datagram& datagram) {
  const auto verdict = [](const auto& body) {
    if constexpr (requires { body.checksum; }) {
      return body.checksum;
    } else {
      return Checksum::Unknown;
    }
  };
  return std::visit(verdict, datagram.body);
}

std::expected<Datagram, DissectError> dissect(Bytes packet) {
  auto ip = read_ip_header(packet);
  if (!ip) {
    return std::unexpected{ip.error()};
  }
  const std::size_t claimed =
      states_no_length(packet, ip->header) ? packet.size() : ip->header.total_length;
  const bool cut = claimed > packet.size();
  packet = first_at_most(packet, claimed);
  if (ip->header.header_size > packet.size() || ip->end == HeaderEnd::Cut) {
    return std::unexpected{cut ? DissectError::Truncated : DissectError::BadHeader};
  }
  if (ip->end == HeaderEnd::Malformed) {
    return std::unexpected{DissectError::BadHeader};
  }
  const IpHeader& header = ip->header;
  const bool fragment = header.more_fragments || header.fragment_offset != 0;
  auto body = read_body(
      {.ip = header,
       .bytes = behind(packet, header.header_size),
       .cut = cut,
       .verifiable = !cut && !fragment && !ip->source_routed});
  if (!body) {
    return std::unexpected{body.error()};
  }
  return Datagram{header, *std::move(body)};
}

std::vector<std::uint8_t> bytes(const Datagram& datagram) {
  assert(datagram.ip.source.family() == datagram.ip.destination.family());
  Writer writer{128};
  std::visit(BodyWriter{datagram.ip, writer}, datagram.body);
  return writer.take();
}

}  // namespace synroute::wire
