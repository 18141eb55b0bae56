// SPDX-License-Identifier: Apache-2.0
#include "sim/network/vantage.hpp"

#include "sim/network/build.hpp"

#include <algorithm>

namespace synroute::sim {
namespace {

/// The smallest MTU of the prober's links.
std::size_t way_out_mtu(const Scenario& scenario) {
  std::size_t mtu = SIZE_MAX;
  for (const LinkSpec& link : scenario.links) {
    if (link.left == scenario.prober()) {
      mtu = std::min(mtu, link.there.mtu);
    } else if (link.right == scenario.prober()) {
      mtu = std::min(mtu, link.back.mtu);
    }
  }
  return mtu;
}

}  // namespace

std::optional<Reach> reach(
    const Scenario& scenario, std::span<const IpAddress> addresses, std::optional<Family> wanted) {
  for (const IpAddress& address : addresses) {
    const auto source = scenario.prober_address(address.family());
    if (source && wanted.value_or(address.family()) == address.family()) {
      return Reach{.target = address, .source = *source, .mtu = way_out_mtu(scenario)};
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
