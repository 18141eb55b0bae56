// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/datagram.hpp"

#include <cstdint>
#include <optional>

/// What routers and targets answer to a probe, as values.
namespace synroute::support {

inline const IpAddress kSource = IpAddress::v4(0xc0000207);  // 192.0.2.7
inline const IpAddress kTarget = IpAddress::v4(0xcb007150);  // 203.0.113.80

inline constexpr wire::TcpFlags kSynAck = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
inline constexpr wire::TcpFlags kRstAck = wire::TcpFlag::Rst | wire::TcpFlag::Ack;

/// 198.51.100.TTL
[[nodiscard]] inline IpAddress router(int ttl) {
  return IpAddress::v4(0xc6336400U + static_cast<std::uint32_t>(ttl));
}

/// An empty packet back to whoever sent `probe`.
[[nodiscard]] inline wire::Datagram packet_back(
    const IpAddress& from, const wire::Datagram& probe) {
  wire::Datagram datagram;
  datagram.ip.source = from;
  datagram.ip.destination = probe.ip.source;
  datagram.ip.ttl = Ttl{60};
  return datagram;
}

/// An ICMP error that quotes the IP header of `probe` and eight bytes of TCP.
[[nodiscard]] inline wire::Datagram icmp_error(
    const IpAddress& from, std::uint8_t type, std::uint8_t code, const wire::Datagram& probe) {
  wire::Datagram datagram = packet_back(from, probe);
  const wire::TcpHeader& header = probe.tcp()->header;
  wire::IcmpMessage message;
  message.type = type;
  message.code = code;
  message.quote = wire::Quote{
      .source = probe.ip.source,
      .destination = probe.ip.destination,
      .protocol = 6,
      .ip = wire::QuotedIp{.ttl = Ttl{1}, .id = probe.ip.id},
      .tcp = wire::QuotedTcp{
          .source_port = header.source_port,
          .destination_port = header.destination_port,
          .sequence = header.sequence,
          .header = std::nullopt}};
  datagram.body = message;
  return datagram;
}

[[nodiscard]] inline wire::Datagram time_exceeded(int ttl, const wire::Datagram& probe) {
  return icmp_error(router(ttl), 11, 0, probe);
}

/// A segment of the target with this acknowledgement number.
[[nodiscard]] inline wire::Datagram segment_acknowledging(
    std::uint32_t acknowledgement, const wire::Datagram& probe, wire::TcpFlags flags) {
  wire::Datagram datagram = packet_back(probe.ip.destination, probe);
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = flags;
  segment.header.acknowledgement = acknowledgement;
  datagram.body = segment;
  return datagram;
}

/// A segment of the target that acknowledges `probe`.
[[nodiscard]] inline wire::Datagram segment(const wire::Datagram& probe, wire::TcpFlags flags) {
  return segment_acknowledging(probe.tcp()->header.sequence + 1, probe, flags);
}

}  // namespace synroute::support
