// SPDX-License-Identifier: Apache-2.0
#include "engine/probe_builder.hpp"

namespace synroute::engine {
namespace {

/// The shape's options with the timestamp value of this probe; order and padding stay.
wire::TcpOptions stamped(const wire::TcpOptions& shape, std::uint32_t value) {
  wire::TcpOptions options;
  for (const wire::TcpOption& option : shape.list()) {
    if (option.kind == static_cast<std::uint8_t>(wire::TcpOptionKind::Timestamps)) {
      options.timestamps({.value = value, .echo = 0});
    } else if (option.kind == static_cast<std::uint8_t>(wire::TcpOptionKind::NoOperation)) {
      options.no_operation();
    } else {
      options.raw(option.kind, option.data);
    }
  }
  return options;
}

}  // namespace

wire::Datagram build_probe(
    const ProbeShape& shape,
    const IpAddress& source,
    const model::Probe& probe,
    const Keys& keys,
    std::uint32_t flow_label) {
  wire::TcpSegment segment;
  segment.header = {
      .source_port = probe.source_port,
      .destination_port = probe.target_port,
      .sequence = keys.sequence,
      .acknowledgement = shape.flags.has(wire::TcpFlag::Ack) ? keys.acknowledgement : 0,
      .flags = shape.flags,
      .window = shape.window,
      .urgent = 0,
      .options = stamped(shape.options, keys.timestamp_value)};
  segment.payload = shape.payload;
  wire::Datagram datagram;
  datagram.ip.source = source;
  datagram.ip.destination = probe.target;
  datagram.ip.ttl = probe.ttl;
  datagram.ip.tos = shape.tos;
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  datagram.ip.id = probe.ip_id;
  datagram.ip.flow_label = flow_label;
  datagram.ip.dont_fragment = shape.dont_fragment;
  datagram.body = std::move(segment);
  return datagram;
}

}  // namespace synroute::engine
