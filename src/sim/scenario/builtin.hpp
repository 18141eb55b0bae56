// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute::sim {

/// A scenario file that the program carries with it.
struct BuiltinScenario {
  std::string_view name;  ///< the file's name without its ending
  std::string_view text;
};

/// All of tests/scenarios, by name; put in by embed_scenarios.cmake when the program is built.
[[nodiscard]] std::span<const BuiltinScenario> builtin_scenarios();
[[nodiscard]] std::optional<BuiltinScenario> find_builtin_scenario(std::string_view name);

/// The text of a scenario of one procedural internet: what `internet:SEED` stands for.
[[nodiscard]] std::string internet_scenario(std::uint64_t seed);

/// The text of a scenario that needs no file: a built-in one, or `internet:SEED`.
[[nodiscard]] std::optional<std::string> named_scenario(std::string_view name);

}  // namespace synroute::sim
