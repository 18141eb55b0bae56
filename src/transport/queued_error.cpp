// SPDX-License-Identifier: Apache-2.0
#include "transport/queued_error.hpp"

#include "wire/datagram.hpp"
#include "wire/icmp_extension.hpp"
#include "wire/quote.hpp"

#include <algorithm>

namespace synroute::transport {
namespace {

/// Length of the TCP header by its data offset field (RFC 9293 §3.1); all there is when that is
/// cut.
std::size_t header_size(std::span<const std::uint8_t> segment) {
  constexpr std::size_t kOffsetField = 12;
  if (segment.size() <= kOffsetField) {
    return segment.size();
  }
  return std::min<std::size_t>(segment.size(), std::size_t{segment[kOffsetField]} / 16 * 4);
}

/// The quoted bytes with an IP header in front again, of the size ours had: readers of quotes and
/// of extensions count from there.
std::vector<std::uint8_t> with_ip_header(const QueuedError& error) {
  const std::size_t size = header_size(error.segment);
  const auto at = error.segment.begin() + static_cast<std::ptrdiff_t>(size);
  wire::Datagram packet;
  packet.ip.source = error.source;
  packet.ip.destination = error.target;
  packet.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  packet.body = wire::OtherPayload{{error.segment.begin(), at}};
  std::vector<std::uint8_t> bytes = wire::bytes(packet);
  bytes.insert(bytes.end(), at, error.segment.end());
  return bytes;
}

}  // namespace

wire::IcmpMessage icmp_message(const QueuedError& error) {
  const Family family = error.target.family();
  wire::IcmpMessage message;
  message.type = error.type;
  message.code = error.code;
  message.checksum = wire::Checksum::Good;  // else the kernel had not taken it in
  message.rest = error.rest;
  message.payload = with_ip_header(error);
  if (error.extension_offset != 0) {
    const std::size_t ip_header = message.payload.size() - error.segment.size();
    const std::size_t words = (ip_header + error.extension_offset) / wire::length_unit(family);
    message.rest |= wire::length_field(family, static_cast<std::uint8_t>(words));
  }
  wire::interpret(family, message);
  if (message.quote) {
    message.quote->ip.reset();
  }
  message.rest = error.rest;
  message.payload.clear();
  return message;
}

}  // namespace synroute::transport
