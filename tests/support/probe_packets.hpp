// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/datagram.hpp"

namespace synroute::test {

struct SynShape {
  IpAddress source;
  Port source_port;
  IpAddress target;
  Port target_port;
  Ttl ttl{64};
  std::uint32_t sequence = 0x10000000;
  std::size_t payload = 0;
};

/// A plain SYN as a value.
[[nodiscard]] inline wire::Datagram syn(const SynShape& shape) {
  wire::Datagram result;
  result.ip.source = shape.source;
  result.ip.destination = shape.target;
  result.ip.ttl = shape.ttl;
  result.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  result.ip.id = 4711;
  wire::TcpSegment segment;
  segment.header.source_port = shape.source_port;
  segment.header.destination_port = shape.target_port;
  segment.header.sequence = shape.sequence;
  segment.header.flags = wire::TcpFlag::Syn;
  segment.header.window = 64240;
  segment.payload.resize(shape.payload);
  result.body = std::move(segment);
  return result;
}

}  // namespace synroute::test
