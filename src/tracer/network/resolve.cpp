// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/resolve.hpp"

#include "base/mapped_address.hpp"
#include "base/text.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/route.hpp"
#include "tracer/request/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace synroute::tracer {
namespace {

std::unexpected<StartupError> refuse(StartupErrorKind kind, std::string message) {
  return std::unexpected{StartupError{.kind = kind, .message = std::move(message)}};
}

std::string_view family_name(std::optional<Family> family) {
  if (!family) {
    return "IP";
  }
  return *family == Family::V4 ? "IPv4" : "IPv6";
}

std::unexpected<StartupError> explain(
    const os::LookupFailure& failure, const std::string& host, std::optional<Family> wanted) {
  const std::string name = sanitise(host);
  switch (failure.kind) {
    case os::LookupError::NotFound:
      return refuse(StartupErrorKind::UnknownHost, fmt::format("unknown host {}", name));
    case os::LookupError::NoAddressOfFamily:
      return refuse(
          StartupErrorKind::UnknownHost,
          fmt::format("{} has no {} address", name, family_name(wanted)));
    case os::LookupError::Temporary:
      return refuse(
          StartupErrorKind::UnknownHost,
          fmt::format("cannot look up {}: no name server answers; try again later", name));
    case os::LookupError::System: break;
  }
  return refuse(StartupErrorKind::System, fmt::format("cannot look up {}: {}", name, failure.text));
}

/// The interface the user named, by an option or after the "%" of the address; absent: none.
std::expected<std::optional<os::Interface>, StartupError> interface_of(
    const TraceRequest& request, const TargetRequest& target) {
  const std::string& name = target.zone.empty() ? request.source.interface : target.zone;
  if (name.empty()) {
    return std::nullopt;
  }
  const auto all = os::interfaces();
  const auto is_named = [&](const os::Interface& each) {
    return each.name == name || (!target.zone.empty() && std::to_string(each.index) == name);
  };
  const auto found = std::ranges::find_if(all, is_named);
  if (found == all.end()) {
    return refuse(
        StartupErrorKind::System, fmt::format("there is no interface {}", sanitise(name)));
  }
  if (!found->up) {
    return refuse(StartupErrorKind::System, fmt::format("interface {} is down", found->name));
  }
  return *found;
}

IpAddress in_zone(const IpAddress& address, const std::optional<os::Interface>& interface) {
  if (!interface || address.family() == Family::V4 || !address.is_link_local()) {
    return address;
  }
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return IpAddress::v6(bytes, interface->index);
}

/// Why no TCP connection can be opened to an address; nothing when one can.
std::optional<std::string> why_unusable(const IpAddress& address) {
  constexpr IpAddress kBroadcast = IpAddress::v4(0xffffffff);
  const std::string text = address.to_string();
  if (address.is_multicast() || address == kBroadcast) {
    return text + " is not a unicast address";
  }
  if (address.is_unspecified()) {
    return text + " is not a host address";
  }
  if (address.family() == Family::V6 && address.is_link_local() && address.zone() == 0) {
    return fmt::format("{0} is link-local and needs an interface: {0}%IF or -i IF", text);
  }
  return std::nullopt;
}

std::expected<TargetRoute, StartupError> route_to(
    const IpAddress& address,
    const std::optional<os::Interface>& interface,
    const SourceOptions& source,
    std::uint8_t tos,
    Port port) {
  os::RouteRequest wanted{
      .target = address,
      .source = source.address,
      .interface = {},
      .mark = source.mark,
      .tos = tos,
      .tcp = os::TcpPorts{.source = source.port.value_or(Port{0}), .destination = port}};
  if (interface) {
    wanted.interface = interface->index;
  }
  auto route = os::find_route(wanted);
  if (!route) {
    const std::string_view why = os::describe(route.error().kind);
    return refuse(
        StartupErrorKind::NoRoute, fmt::format("no route to {}: {}", address.to_string(), why));
  }
  return TargetRoute{
      .target = address,
      .source = route->source,
      .interface = std::move(route->interface_name),
      .mtu = route->mtu,
      .gateway = route->gateway};
}

/// Rules may refuse some ports of a scan: the first that has a route decides.
std::expected<TargetRoute, StartupError> route_for_any(
    const IpAddress& address,
    const std::optional<os::Interface>& interface,
    const TraceRequest& request,
    std::span<const Port> ports) {
  constexpr std::size_t kTries = 1024;
  auto first = route_to(address, interface, request.source, request.probe.tos, ports.front());
  for (const Port port : ports.subspan(1, std::min(kTries, ports.size()) - 1)) {
    if (first || first.error().kind != StartupErrorKind::NoRoute) {
      break;
    }
    if (auto other = route_to(address, interface, request.source, request.probe.tos, port)) {
      return other;
    }
  }
  return first;
}

}  // namespace

std::expected<std::vector<IpAddress>, StartupError> addresses_of(
    const TargetRequest& target, std::optional<Family> wanted) {
  if (target.address) {
    return std::vector{*target.address};
  }
  auto found = os::look_up(target.host, wanted);
  if (!found) {
    return explain(found.error(), target.host, wanted);
  }
  for (IpAddress& address : *found) {
    address = unmapped(address);
  }
  return std::move(*found);
}

std::expected<TargetRoute, StartupError> resolve_target(
    const TraceRequest& request, const TargetRequest& target) {
  const auto& source = request.source.address;
  if (source && !os::owns(*source)) {
    return refuse(
        StartupErrorKind::System,
        fmt::format("{} is not an address of this host", source->to_string()));
  }
  const auto interface = interface_of(request, target);
  if (!interface) {
    return std::unexpected{interface.error()};
  }
  const auto addresses = addresses_of(target, wanted_family(request));
  if (!addresses) {
    return std::unexpected{addresses.error()};
  }
  const std::vector<Port> ports = request.scan_ports.empty()
                                      ? std::vector{target.port.value_or(kDefaultPort)}
                                      : request.scan_ports;
  std::optional<StartupError> first_error;
  for (const IpAddress& found : *addresses) {
    const IpAddress address = in_zone(found, *interface);
    if (auto why = why_unusable(address)) {
      return refuse(StartupErrorKind::InvalidRequest, std::move(*why));
    }
    auto route = route_for_any(address, *interface, request, ports);
    if (route) {
      return route;
    }
    first_error = first_error ? first_error : std::move(route.error());
  }
  return std::unexpected{first_error.value_or(
      StartupError{StartupErrorKind::UnknownHost, fmt::format("{} has no address", target.host)})};
}

}  // namespace synroute::tracer
