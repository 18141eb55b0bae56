// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

#include <optional>
#include <string>

namespace synroute::lab {

/// What a perfect tracer would find for every target of the scenario, in both families, as JSON.
[[nodiscard]] std::string truth_json(const sim::Scenario& scenario, std::optional<Port> port);

}  // namespace synroute::lab
