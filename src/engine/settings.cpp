// SPDX-License-Identifier: Apache-2.0
#include "engine/settings.hpp"

#include <algorithm>

namespace synroute::engine {
namespace {

constexpr std::size_t ip_header_size(Family family) {
  return family == Family::V4 ? 20 : 40;
}

}  // namespace

std::size_t ProbeShape::length(Family family) const {
  return ip_header_size(family) + wire::TcpHeader::kSize + options.padded_size() + payload.size();
}

ProbeShape system_syn(Family family, std::size_t mtu) {
  const std::size_t headers = ip_header_size(family) + wire::TcpHeader::kSize;
  // 536 is what every host takes (RFC 9293 §3.7.1); the field has 16 bits (loopback: MTU 65,536).
  const std::size_t segment =
      std::clamp<std::size_t>(mtu, headers + 536, headers + 65495) - headers;
  ProbeShape shape;
  shape.dont_fragment = true;
  shape.options.maximum_segment_size(static_cast<std::uint16_t>(segment))
      .sack_permitted()
      .timestamps({.value = 1, .echo = 0})
      .no_operation()
      .window_scale(7);
  return shape;
}

ProbeShape bare_syn() {
  ProbeShape shape;
  shape.window = 0;
  return shape;
}

}  // namespace synroute::engine
