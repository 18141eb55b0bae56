// SPDX-License-Identifier: Apache-2.0
#include "sim/network/vantage.hpp"

#include "sim/network/build.hpp"

namespace synroute::sim {
std::size_t prober_mtu(const Scenario& scenario) {
  for (const LinkSpec& link : scenario.links) {
    if (link.left == scenario.prober()) {
      return link.there.mtu;
    }
    if (link.right == scenario.prober()) {
      return link.back.mtu;
    }
  }
  return LinkSettings{}.mtu;
}

std::optional<Reach> reach(
    const Scenario& scenario, std::span<const IpAddress> addresses, std::optional<Family> wanted) {
  for (const IpAddress& address : addresses) {
    const auto source = scenario.prober_address(address.family());
    if (source && wanted.value_or(address.family()) == address.family()) {
      return Reach{.target = address, .source = *source, .mtu = prober_mtu(scenario)};
    }
  }
  return std::nullopt;
}

Vantage::Vantage(const Scenario& scenario, std::optional<std::uint64_t> seed)
    : world_{build(scenario, {.seed = seed})},
      resolver_{*world_, scenario.names, scenario.name_delay} {}

Port Vantage::source_port(std::size_t index) {
  constexpr std::size_t kFirst = 40001;
  return Port{static_cast<std::uint16_t>(kFirst + index)};
}

}  // namespace synroute::sim
