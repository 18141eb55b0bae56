// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/route.hpp"

#include "base/text.hpp"
#include "cli/tcptraceroute/classic_address.hpp"
#include "os/check.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace synroute::cli {
namespace {

/// A process may open 1,024 files by default; more probes than this share ports.
constexpr std::size_t kMostPorts = 512;

constexpr std::string_view kPortBusy =
    "Sorry, requested local port is already in use.  Use -P, instead of -p, to override.";

/// An address in any of the classic forms, else a name; of its addresses the first IPv4 one, as in
/// tcptraceroute, and an IPv6 one only when there is no other.
std::optional<IpAddress> find_address(const std::string& text, std::optional<Family> family) {
  constexpr IpAddress kBroadcast = IpAddress::v4(0xffffffff);
  if (const auto classic = read_classic_address(text)) {
    return family == Family::V6 ? std::nullopt : classic;
  }
  if (text.empty()) {
    return std::nullopt;
  }
  for (const Family wanted : {Family::V4, Family::V6}) {
    if (family.value_or(wanted) != wanted) {
      continue;
    }
    if (const auto found = os::look_up(text, wanted)) {
      return found->front() == kBroadcast ? std::nullopt : std::optional{found->front()};
    }
  }
  return std::nullopt;
}

std::string route_error(const os::RouteFailure& failure) {
  return fmt::format("connect: {}", std::system_category().message(failure.error));
}

std::string device_error(const std::string& device, std::string_view why) {
  return fmt::format("error opening device {}: {}", sanitise(device), why);
}

}  // namespace

std::expected<tracer::TargetRoute, std::string> find_route(
    const TcptracerouteArguments& arguments) {
  const auto target = find_address(arguments.host, arguments.family);
  if (!target) {
    return std::unexpected{fmt::format("Bad destination address: {}", sanitise(arguments.host))};
  }
  const bool bound = !arguments.device.empty() && arguments.device != kAnyDevice;
  const auto device = bound ? os::find_interface(arguments.device) : std::nullopt;
  os::RouteRequest wanted{
      .target = *target,
      .source = {},
      .interface = {},
      .mark = 0,
      .tos = 0,
      .tcp = os::TcpPorts{
          .source = Port{static_cast<std::uint16_t>(arguments.local_port.value_or(0))},
          .destination = arguments.port}};
  if (device && device->up) {
    wanted.interface = device->index;
  }
  auto route = os::find_route(wanted);
  if (!route) {
    return std::unexpected{route_error(route.error())};
  }
  if (!arguments.source.empty()) {
    wanted.source = find_address(arguments.source, target->family());
    auto chosen = wanted.source ? os::find_route(wanted)
                                : std::unexpected{os::RouteFailure{os::NoRoute::NotOurSource, 0}};
    if (!chosen && chosen.error().kind != os::NoRoute::NotOurSource) {
      return std::unexpected{route_error(chosen.error())};
    }
    if (!chosen) {
      return std::unexpected{fmt::format("Bad source address: {}", sanitise(arguments.source))};
    }
    route = std::move(chosen);
  }
  if (bound && !device) {
    return std::unexpected{device_error(arguments.device, "No such device exists")};
  }
  if (bound && !device->up) {
    return std::unexpected{device_error(arguments.device, "That device is not up")};
  }
  return tracer::TargetRoute{
      .target = *target,
      .source = route->source,
      .interface = arguments.device.empty() ? route->interface_name : arguments.device,
      .mtu = route->mtu,
      .gateway = route->gateway};
}

std::expected<tracer::SourcePorts, std::string> reserve_ports(
    const TcptracerouteArguments& arguments, const tracer::TargetRoute& route, bool low_ports) {
  const std::uint64_t wanted = arguments.local_port.value_or(0);
  if (wanted > 65535) {
    return std::unexpected{std::string{"Local port must be less than 65536"}};
  }
  if (arguments.take_port && wanted == 0) {
    return std::unexpected{std::string{kPortBusy}};
  }
  const Port port{static_cast<std::uint16_t>(wanted)};
  const std::uint64_t rows = arguments.last_ttl - std::min(arguments.first_ttl, arguments.last_ttl);
  const std::size_t probes =
      arguments.track_port ? std::min<std::uint64_t>((rows + 1) * arguments.queries, kMostPorts)
                           : 1;
  try {
    return tracer::SourcePorts{
        {.source = route.source,
         .interface = arguments.device == kAnyDevice ? "" : arguments.device,
         .ports = std::vector<Port>(std::max<std::size_t>(probes, 1), port),
         .low_ports = low_ports}};
  } catch (const os::SystemError& error) {
    if (error.error() != EADDRINUSE) {
      throw;
    }
  }
  if (!arguments.take_port) {
    return std::unexpected{std::string{kPortBusy}};
  }
  return tracer::SourcePorts::unreserved(port);
}

}  // namespace synroute::cli
