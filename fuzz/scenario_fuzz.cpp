// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario.hpp"

#include "fuzz.hpp"

#include <algorithm>
#include <string_view>

using namespace synroute;

void fuzz(std::span<const std::uint8_t> input) {
  const std::string_view text{reinterpret_cast<const char*>(input.data()), input.size()};
  const auto scenario = sim::parse_scenario(text);
  if (!scenario) {
    const auto lines = std::ranges::count(text, '\n') + 1;
    require(!scenario.error().reason.empty());
    require(scenario.error().line >= 0 && scenario.error().line <= lines);
    return;
  }
  require(scenario->prober() < scenario->nodes.size());
  const auto known = [&](std::size_t node) { return node < scenario->nodes.size(); };
  for (const sim::LinkSpec& link : scenario->links) {
    require(known(link.left) && known(link.right));
  }
  for (const sim::RouteSpec& route : scenario->routes) {
    require(known(route.node) && std::ranges::all_of(route.via, [&](const auto& via) {
              return known(via.neighbour);
            }));
  }
  for (const sim::ScenarioTarget& target : scenario->targets) {
    require(!target.addresses.empty());
  }
}
