// SPDX-License-Identifier: Apache-2.0
#include "packets.hpp"

#include "engine/probe_builder.hpp"
#include "wire/icmp_error.hpp"

namespace synroute::bench {
namespace {

const IpAddress kSource = IpAddress::v4(0xc0000207);  // 192.0.2.7
const IpAddress kTarget = IpAddress::v4(0xcb007150);  // 203.0.113.80

wire::Datagram towards_us(const IpAddress& from) {
  wire::Datagram datagram;
  datagram.ip.source = from;
  datagram.ip.destination = kSource;
  datagram.ip.ttl = Ttl{55};
  return datagram;
}

Bytes time_exceeded(const wire::Datagram& probe) {
  const std::uint32_t number = probe.ip.ttl.value();
  wire::Datagram datagram = towards_us(IpAddress::v4(0xc6336400U + number));
  datagram.ip.protocol = 1;
  const Bytes offending = wire::bytes(probe);
  datagram.body =
      wire::make_icmp_error(Family::V4, {.type = 11, .code = 0, .offending = offending});
  return wire::bytes(datagram);
}

Bytes syn_ack(const wire::Datagram& probe) {
  wire::Datagram datagram = towards_us(kTarget);
  datagram.ip.protocol = 6;
  wire::TcpSegment segment;
  segment.header = probe.tcp()->header;
  std::swap(segment.header.source_port, segment.header.destination_port);
  segment.header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  segment.header.acknowledgement = probe.tcp()->header.sequence + 1;
  datagram.body = segment;
  return wire::bytes(datagram);
}

}  // namespace

engine::Settings settings(std::uint64_t seed) {
  engine::Settings settings;
  settings.head.source = {.address = kSource, .port = Port{45002}, .interface = "eth0"};
  settings.head.target.address = kTarget;
  settings.head.target.port = Port{443};
  settings.source_ports = {Port{45002}, Port{45003}, Port{45004}, Port{45005}};
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = seed;
  return settings;
}

wire::Datagram probe() {
  model::Probe probe;
  probe.ttl = Ttl{7};
  probe.source_port = Port{45002};
  probe.target = kTarget;
  probe.target_port = Port{443};
  return engine::build_probe(
      engine::system_syn(Family::V4),
      kSource,
      probe,
      {.sequence = 0x12345678, .acknowledgement = 0, .ip_id = 0x4242, .timestamp_value = 77},
      0);
}

Bytes answer_to(const wire::Datagram& probe) {
  return probe.ip.ttl.value() < kDistance ? time_exceeded(probe) : syn_ack(probe);
}

}  // namespace synroute::bench
