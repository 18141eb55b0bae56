// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/tcp_writer.hpp"

#include "base/random.hpp"
#include "wire/datagram.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace synroute::sim {

std::uint64_t ConnectionKey::hash() const {
  const std::hash<IpAddress> of;
  const std::uint64_t ports = static_cast<std::uint64_t>(remote_port) << 16 | local_port;
  return mix(mix(of(remote)) ^ (of(local) + ports));
}

Packet tcp_packet(
    const IpAddress& source,
    const IpAddress& destination,
    std::uint8_t ttl,
    std::uint8_t tos,
    const wire::TcpHeader& header) {
  wire::Datagram datagram;
  datagram.ip.source = source;
  datagram.ip.destination = destination;
  datagram.ip.ttl = Ttl{ttl};
  datagram.ip.tos = tos;
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  datagram.ip.dont_fragment = source.family() == Family::V4;
  datagram.body = wire::TcpSegment{.header = header, .payload = {}};
  auto packet = Packet::adopt(wire::bytes(datagram));
  assert(packet);
  return std::move(*packet);
}

Connection TcpWriter::agree(const ReceivedSegment& segment, std::uint32_t isn, bool cookie) const {
  const wire::TcpOptions& options = segment.header.options;
  Connection fresh;
  fresh.own_isn = isn;
  fresh.peer_isn = segment.header.sequence;
  fresh.receive_next = segment.header.sequence + 1;
  fresh.send_next = isn + 1;
  if (const auto stamps = options.timestamps(); stamps && settings_.timestamps) {
    fresh.peer_stamp = stamps->value;
  }
  // A cookie stores SACK and window scale in the timestamp, so they are not offered without one.
  const bool room = !cookie || fresh.peer_stamp;
  fresh.sack = room && options.has_sack_permitted() && settings_.sack;
  fresh.scaled = room && options.window_scale().has_value() && settings_.window_scale.has_value();
  // tcp_ecn_create_request(): ECN on the SYN itself forbids it, except for AccECN's third bit.
  const bool not_ect = (segment.tos & 3) == 0;
  fresh.ecn = settings_.ecn && segment.has(wire::TcpFlag::Ece) && segment.has(wire::TcpFlag::Cwr)
              && (not_ect || segment.has(wire::TcpFlag::Ae));
  return fresh;
}

std::uint32_t TcpWriter::fresh_isn(const ConnectionKey& key, Instant now) const {
  const auto clock = static_cast<std::uint64_t>(now.since_start().count()) >> 6;  // RFC 6528: M
  return static_cast<std::uint32_t>(mix(seed_ ^ key.hash()) + clock);
}

std::uint32_t TcpWriter::cookie(const ConnectionKey& key, std::uint32_t peer_isn) const {
  return static_cast<std::uint32_t>(mix(mix(seed_ + 1) ^ key.hash()) + mix(seed_ + peer_isn));
}

std::uint32_t TcpWriter::stamp(const ConnectionKey& key, Instant now) const {
  const std::hash<IpAddress> of;
  const std::uint64_t offset = mix(seed_ ^ of(key.remote) ^ mix(of(key.local)));
  const auto clock = static_cast<std::uint64_t>(now.since_start() / 1ms);
  return static_cast<std::uint32_t>(offset + clock);
}

std::uint16_t TcpWriter::own_mss(Family family) const {
  const auto usual = static_cast<std::uint16_t>(family == Family::V4 ? 1460 : 1440);
  return settings_.mss != 0 ? settings_.mss : usual;
}

/// tcp_select_initial_window(): the whole segments that fit in 64 KiB, including timestamps.
std::uint16_t TcpWriter::window(Family family, const Connection& connection) const {
  if (settings_.window != 0) {
    return settings_.window;
  }
  const int segment = std::max(own_mss(family) - (connection.peer_stamp ? 12 : 0), 1);
  return static_cast<std::uint16_t>(65535 / segment * segment);
}

Packet TcpWriter::syn_ack(
    const ConnectionKey& key, const Connection& connection, Instant now) const {
  wire::TcpHeader header;
  header.source_port = Port{key.local_port};
  header.destination_port = Port{key.remote_port};
  header.sequence = connection.own_isn;
  header.acknowledgement = connection.receive_next;
  header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  if (connection.ecn) {
    header.flags = header.flags | wire::TcpFlag::Ece;
  }
  header.window = window(key.local.family(), connection);
  header.options.maximum_segment_size(own_mss(key.local.family()));
  // tcp_synack_options() and tcp_options_write(): SACK fills the two bytes before the timestamps.
  if (connection.peer_stamp) {
    if (connection.sack) {
      header.options.sack_permitted();
    } else {
      header.options.no_operation().no_operation();
    }
    header.options.timestamps({.value = stamp(key, now), .echo = *connection.peer_stamp});
  } else if (connection.sack) {
    header.options.no_operation().no_operation().sack_permitted();
  }
  if (connection.scaled) {
    header.options.no_operation().window_scale(*settings_.window_scale);
  }
  return tcp_packet(key.local, key.remote, settings_.initial_ttl, 0, header);
}

Packet TcpWriter::acknowledge(
    const ConnectionKey& key,
    const Connection& connection,
    Instant now,
    wire::TcpFlags extra) const {
  wire::TcpHeader header;
  header.source_port = Port{key.local_port};
  header.destination_port = Port{key.remote_port};
  header.sequence = connection.send_next;
  header.acknowledgement = connection.receive_next;
  header.flags = extra | wire::TcpFlag::Ack;
  const std::uint16_t whole = window(key.local.family(), connection);
  header.window =
      connection.scaled ? static_cast<std::uint16_t>(whole >> *settings_.window_scale) : whole;
  if (connection.peer_stamp) {
    header.options.no_operation().no_operation().timestamps(
        {.value = stamp(key, now), .echo = *connection.peer_stamp});
  }
  return tcp_packet(key.local, key.remote, settings_.initial_ttl, 0, header);
}

/// RFC 9293 §3.10.7.1, in the host's ResetStyle. Linux copies the DSCP of the segment.
Packet TcpWriter::reset(const ReceivedSegment& segment) const {
  wire::TcpHeader header;
  header.source_port = Port{segment.key.local_port};
  header.destination_port = Port{segment.key.remote_port};
  if (segment.has(wire::TcpFlag::Ack)) {
    header.flags = wire::TcpFlag::Rst;
    header.sequence = segment.header.acknowledgement;
  } else if (settings_.reset == ResetStyle::NoAck) {
    header.flags = wire::TcpFlag::Rst;
  } else {
    header.flags = wire::TcpFlag::Rst | wire::TcpFlag::Ack;
    header.acknowledgement =
        settings_.reset == ResetStyle::AckSame ? segment.header.sequence : segment.end();
  }
  const auto dscp = static_cast<std::uint8_t>(segment.tos & 0xfcU);
  return tcp_packet(segment.key.local, segment.key.remote, settings_.initial_ttl, dscp, header);
}

}  // namespace synroute::sim
