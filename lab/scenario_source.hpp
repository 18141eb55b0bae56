// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace synroute::lab {

/// A scenario by its built-in name, as internet:SEED, or from a file. The error names what was
/// read, and the line.
[[nodiscard]] std::expected<sim::Scenario, std::string> read_scenario(std::string_view source);

/// "name  title", one per line.
[[nodiscard]] std::string list_scenarios();

}  // namespace synroute::lab
