// SPDX-License-Identifier: Apache-2.0
#include "sim/builtin.hpp"

#include "sim/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

namespace synroute::sim {

std::optional<BuiltinScenario> find_builtin_scenario(std::string_view name) {
  const auto all = builtin_scenarios();
  const auto found = std::ranges::find(all, name, &BuiltinScenario::name);
  return found == all.end() ? std::nullopt : std::optional{*found};
}

std::optional<std::string> named_scenario(std::string_view name) {
  if (const auto builtin = find_builtin_scenario(name)) {
    return std::string{builtin->text};
  }
  constexpr std::string_view kInternet = "internet:";
  if (!name.starts_with(kInternet)) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(kInternet.size());
  const char* const end = std::to_address(digits.end());
  std::uint64_t seed = 0;
  const auto [stop, error] = std::from_chars(std::to_address(digits.begin()), end, seed);
  return error == std::errc{} && stop == end ? std::optional{internet_scenario(seed)}
                                             : std::nullopt;
}

}  // namespace synroute::sim
