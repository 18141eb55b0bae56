// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute::sim {

/// A scenario file that is compiled into the program.
struct BuiltinScenario {
  std::string_view name;  ///< the file's name without its ending
  std::string_view text;
};

/// All of tests/scenarios, by name; embedded by embed_scenarios.cmake at build time.
[[nodiscard]] std::span<const BuiltinScenario> builtin_scenarios();
[[nodiscard]] std::optional<BuiltinScenario> find_builtin_scenario(std::string_view name);

/// The scenario text of one procedural internet: `internet:SEED`.
[[nodiscard]] std::string internet_scenario(std::uint64_t seed);

/// The text of a scenario that needs no file: a built-in one, or `internet:SEED`.
[[nodiscard]] std::optional<std::string> named_scenario(std::string_view name);

}  // namespace synroute::sim
