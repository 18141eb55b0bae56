// SPDX-License-Identifier: Apache-2.0
#include "cli/native/port_range.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::cli {
namespace {

/// "8000-8100"; a service name may hold a hyphen too, but does not begin with a digit.
bool is_range(std::string_view part) {
  return part.find('-') != std::string_view::npos && part.front() >= '0' && part.front() <= '9';
}

Read<void> add_range(std::string_view part, std::vector<Port>& ports) {
  const std::size_t hyphen = part.find('-');
  const auto first = read_port_number(part.substr(0, hyphen));
  const auto last = read_port_number(part.substr(hyphen + 1));
  if (!first || !last) {
    return std::unexpected{
        fmt::format("port range '{}': {}", sanitise(part), first ? last.error() : first.error())};
  }
  if (*first > *last) {
    return std::unexpected{fmt::format("port range '{}' runs downwards", sanitise(part))};
  }
  for (std::uint32_t port = first->value(); port <= last->value(); ++port) {
    ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  return {};
}

Read<void> add_part(std::string_view part, const ServicePorts& services, std::vector<Port>& ports) {
  if (part.empty()) {
    return std::unexpected{"the port list has an empty part"};
  }
  if (is_range(part)) {
    return add_range(part, ports);
  }
  const auto port = read_port(part, services);
  if (!port) {
    return std::unexpected{port.error()};
  }
  ports.push_back(*port);
  return {};
}

}  // namespace

Read<std::vector<Port>> read_ports(std::string_view text, const ServicePorts& services) {
  std::vector<Port> ports;
  for (const std::string_view part : split(text, ',')) {
    if (auto added = add_part(part, services, ports); !added) {
      return std::unexpected{std::move(added.error())};
    }
  }
  std::ranges::sort(ports);
  ports.erase(std::ranges::unique(ports).begin(), ports.end());
  return ports;
}

}  // namespace synroute::cli
