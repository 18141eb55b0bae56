// SPDX-License-Identifier: Apache-2.0
#include "cli/locate.hpp"

#include "base/text.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace synroute::cli {
namespace {

std::unexpected<Obstacle> usage(std::string message) {
  return std::unexpected{Obstacle{.code = ExitCode::Usage, .message = std::move(message)}};
}
std::unexpected<Obstacle> cannot(std::string message) {
  return std::unexpected{Obstacle{.code = ExitCode::CannotRun, .message = std::move(message)}};
}

std::string_view family_name(std::optional<Family> family) {
  if (!family) {
    return "IP";
  }
  return *family == Family::V4 ? "IPv4" : "IPv6";
}

Obstacle explain(
    const os::LookupFailure& failure, const std::string& host, std::optional<Family> wanted) {
  const std::string name = sanitise(host);
  switch (failure.kind) {
    case os::LookupError::NotFound:
      return {.code = ExitCode::Usage, .message = fmt::format("unknown host {}", name)};
    case os::LookupError::NoAddressOfFamily:
      return {
          .code = ExitCode::Usage,
          .message = fmt::format("{} has no {} address", name, family_name(wanted))};
    case os::LookupError::Temporary:
      return {
          .code = ExitCode::Usage,
          .message = fmt::format("the name servers do not answer for {}; try again later", name)};
    case os::LookupError::System: break;
  }
  return {
      .code = ExitCode::CannotRun,
      .message = fmt::format("cannot look up {}: {}", name, failure.text)};
}

/// The interface the user named, by -i or behind the "%" of the address; absent: none.
std::expected<std::optional<os::Interface>, Obstacle> interface_of(
    const TraceRequest& request, const TargetSpec& target) {
  const std::string& name = target.zone.empty() ? request.way_out.interface : target.zone;
  if (name.empty()) {
    return std::nullopt;
  }
  const auto all = os::interfaces();
  const auto is_named = [&](const os::Interface& each) {
    return each.name == name || (!target.zone.empty() && std::to_string(each.index) == name);
  };
  const auto found = std::ranges::find_if(all, is_named);
  if (found == all.end()) {
    return cannot(fmt::format("there is no interface {}", sanitise(name)));
  }
  if (!found->up) {
    return cannot(fmt::format("interface {} is down", found->name));
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

/// Addresses no TCP connection can be opened to.
std::optional<std::string> unfit(const IpAddress& address) {
  constexpr IpAddress kBroadcast = IpAddress::v4(0xffffffff);
  const std::string text = address.to_string();
  if (address.is_multicast() || address == kBroadcast) {
    return text + " is not the address of one host";
  }
  if (address.is_unspecified()) {
    return text + " is not the address of a host";
  }
  if (address.family() == Family::V6 && address.is_link_local() && address.zone() == 0) {
    return fmt::format("{0} is link-local: name its interface, {0}%IF or -i IF", text);
  }
  return std::nullopt;
}

/// How packets get to one address.
std::expected<Place, Obstacle> way_to(
    const IpAddress& address,
    const std::optional<os::Interface>& interface,
    const WayOut& way_out) {
  os::RouteRequest wish{.target = address, .source = way_out.source, .mark = way_out.mark};
  if (interface) {
    wish.interface = interface->index;
  }
  auto route = os::find_route(wish);
  if (!route) {
    const std::string_view why = os::describe(route.error().kind);
    return cannot(fmt::format("no way to {}: {}", address.to_string(), why));
  }
  return Place{
      .target = address,
      .source = route->source,
      .interface = std::move(route->interface_name),
      .mtu = route->mtu,
      .gateway = route->gateway};
}

}  // namespace

os::Egress egress_of(const WayOut& way_out) {
  return {.interface = way_out.interface, .mark = way_out.mark};
}

std::expected<std::vector<IpAddress>, Obstacle> addresses_of(
    const TraceRequest& request, const TargetSpec& target) {
  if (target.address) {
    return std::vector{*target.address};
  }
  const auto wanted = wanted_family(request);
  auto found = os::look_up(target.host, wanted);
  if (!found) {
    return std::unexpected{explain(found.error(), target.host, wanted)};
  }
  return std::move(*found);
}

std::expected<Place, Obstacle> locate(const TraceRequest& request, const TargetSpec& target) {
  const auto& source = request.way_out.source;
  if (source && !os::owns(*source)) {
    return cannot(fmt::format("{} is not an address of this host", source->to_string()));
  }
  const auto interface = interface_of(request, target);
  if (!interface) {
    return std::unexpected{interface.error()};
  }
  const auto addresses = addresses_of(request, target);
  if (!addresses) {
    return std::unexpected{addresses.error()};
  }
  std::expected<Place, Obstacle> first = cannot("no address");
  for (const IpAddress& found : *addresses) {
    const IpAddress address = in_zone(found, *interface);
    if (auto why = unfit(address)) {
      return usage(std::move(*why));
    }
    auto place = way_to(address, *interface, request.way_out);
    if (place) {
      return place;
    }
    if (found == addresses->front()) {
      first = std::move(place);
    }
  }
  return first;
}

}  // namespace synroute::cli
