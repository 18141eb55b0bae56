// SPDX-License-Identifier: Apache-2.0
#include "wire/quote.hpp"

#include "wire/icmp_extension.hpp"
#include "wire/reader.hpp"

#include <algorithm>

namespace synroute::wire {
namespace {

/// What RFC 792 promises of the transport header: ports and sequence number.
constexpr std::size_t kPromisedBytes = 8;

Checksum header_checksum(Family family, std::span<const std::uint8_t> header, std::size_t size) {
  if (family == Family::V6 || header.size() < size) {
    return Checksum::Unknown;
  }
  return InternetSum{}.add(header).verdict();
}

/// The quoted transport bytes, without the zeros that fill a short packet up to 128 bytes. The
/// claimed length decides only where it is possible: it is the field most often quoted wrongly.
std::span<const std::uint8_t> without_padding(
    const IpHeader& header, std::span<const std::uint8_t> transport, std::size_t tcp_header_size) {
  if (header.total_length < header.header_size + kPromisedBytes) {
    return transport;
  }
  const std::size_t claimed = header.total_length - header.header_size;
  return first_at_most(transport, std::max(claimed, tcp_header_size));
}

Checksum segment_checksum(
    const IpHeaderRead& ip, const TcpHeaderRead& tcp, std::span<const std::uint8_t> transport) {
  const IpHeader& header = ip.header;
  const bool whole = tcp.complete && header.total_length == header.header_size + transport.size()
                     && !header.more_fragments && !ip.source_routed;
  if (!whole) {
    return Checksum::Unknown;
  }
  return pseudo_header(header.source, header.destination, header.protocol, transport.size())
      .add(transport)
      .verdict();
}

}  // namespace

std::optional<Quote> read_quote(Family family, std::span<const std::uint8_t> bytes) {
  const auto ip = read_ip_header(bytes);
  if (!ip || ip->header.family() != family) {
    return std::nullopt;
  }
  const IpHeader& header = ip->header;
  Quote quote{
      .source = header.source, .destination = header.destination, .protocol = header.protocol};
  quote.ip = QuotedIp{
      .ttl = header.ttl,
      .tos = header.tos,
      .id = header.id,
      .flow_label = header.flow_label,
      .dont_fragment = header.dont_fragment,
      .total_length = header.total_length,
      .checksum =
          header_checksum(family, first_at_most(bytes, header.header_size), header.header_size)};
  if (ip->end != HeaderEnd::Complete) {
    return quote;
  }
  auto transport = behind(bytes, header.header_size);
  const bool is_tcp =
      header.protocol == static_cast<std::uint8_t>(Protocol::Tcp) && header.fragment_offset == 0;
  const auto tcp = is_tcp ? read_tcp_header(transport) : std::nullopt;
  transport = without_padding(header, transport, tcp ? tcp->size : 0);
  quote.transport_bytes = transport.size();
  if (!is_tcp || transport.size() < kPromisedBytes) {
    return quote;
  }
  Reader reader{transport};
  QuotedTcp& quoted = quote.tcp.emplace();
  quoted.source_port = Port{reader.u16()};
  quoted.destination_port = Port{reader.u16()};
  quoted.sequence = reader.u32();
  if (tcp) {
    quoted.header = tcp->header;
    quoted.checksum = segment_checksum(*ip, *tcp, transport);
  }
  return quote;
}

bool quotes_a_packet(IcmpKind kind) {
  switch (kind) {
    case IcmpKind::TimeExceeded:
    case IcmpKind::Unreachable:
    case IcmpKind::PacketTooBig:
    case IcmpKind::ParameterProblem:
    case IcmpKind::SourceQuench:
    case IcmpKind::Redirect: return true;
    case IcmpKind::EchoRequest:
    case IcmpKind::EchoReply:
    case IcmpKind::Other: break;
  }
  return false;
}

void interpret(Family family, IcmpMessage& message) {
  message.quote.reset();
  message.extensions = {};
  if (!quotes_a_packet(kind(family, message.type))) {
    return;
  }
  std::span<const std::uint8_t> quoted = message.payload;
  if (auto found = find_extensions(family, message.type, message.rest, quoted)) {
    quoted = first_at_most(quoted, found->offset);
    message.extensions = std::move(found->extensions);
  }
  message.quote = read_quote(family, quoted);
}

}  // namespace synroute::wire
