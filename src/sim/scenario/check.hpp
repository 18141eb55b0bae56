// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

#include <optional>

namespace synroute::sim {

/// The first fault of a scenario as a whole: no prober, a duplicate address, an unreachable node,
/// or a forwarding loop without the word "loop".
[[nodiscard]] std::optional<ScenarioError> check(const Scenario& scenario);

}  // namespace synroute::sim
