// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

#include <optional>

namespace synroute::sim {

/// What is wrong with a scenario as a whole: no prober, an address twice, a node nobody can reach,
/// a route that makes packets go round though it does not say "loop".
[[nodiscard]] std::optional<ScenarioError> check(const Scenario& scenario);

}  // namespace synroute::sim
