// SPDX-License-Identifier: Apache-2.0
#include "tracer/request/probe_shape.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace synroute::tracer {
namespace {

/// The printable cycle tcptraceroute fills its packets with: '!' to '}'.
constexpr std::uint8_t kFirstFill = 0x21;
constexpr std::uint8_t kLastFill = 0x7d;

std::vector<std::uint8_t> filling(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(kFirstFill + (i % (kLastFill - kFirstFill + 1)));
  }
  return bytes;
}

engine::ProbeShape headers(const ProbeOptions& options, const TargetRoute& route) {
  constexpr std::size_t kUsualMtu = 1500;
  const std::size_t mtu = route.mtu != 0 ? route.mtu : kUsualMtu;
  engine::ProbeShape shape =
      options.bare ? engine::bare_syn() : engine::system_syn(route.target.family(), mtu);
  shape.flags = flags_of(options);
  if (!shape.flags.has(wire::TcpFlag::Syn)) {
    shape.options = {};  // no system sends options of a SYN on another segment
  }
  shape.tos = options.tos;
  shape.dont_fragment = shape.dont_fragment || options.dont_fragment;
  return shape;
}

}  // namespace

wire::TcpFlags flags_of(const ProbeOptions& options) {
  const wire::TcpFlags flags = options.flags.value_or(wire::TcpFlag::Syn);
  return options.ecn_setup ? flags | wire::TcpFlag::Ece | wire::TcpFlag::Cwr : flags;
}

std::expected<engine::ProbeShape, std::string> probe_shape(
    const ProbeOptions& options, const TargetRoute& route) {
  if (options.shape) {
    return *options.shape;
  }
  engine::ProbeShape shape = headers(options, route);
  if (!options.length) {
    return shape;
  }
  const auto wanted = static_cast<std::size_t>(*options.length);
  const std::size_t least = shape.length(route.target.family());
  if (wanted < least) {
    return std::unexpected{fmt::format(
        "packet length {} is too small: the headers of a probe take {} bytes", wanted, least)};
  }
  if (route.mtu != 0 && wanted > route.mtu) {
    return std::unexpected{fmt::format(
        "packet length {} is above the MTU of {}, {} bytes", wanted, route.interface, route.mtu)};
  }
  shape.payload = filling(wanted - least);
  return shape;
}

}  // namespace synroute::tracer
