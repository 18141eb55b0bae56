// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/builtin.hpp"

#include "sim/scenario/internet_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace synroute::sim {

std::optional<BuiltinScenario> find_builtin_scenario(std::string_view name) {
  const auto all = builtin_scenarios();
  const auto found = std::ranges::find(all, name, &BuiltinScenario::name);
  return found == all.end() ? std::nullopt : std::optional{*found};
}

std::string internet_scenario(std::uint64_t seed) {
  const InternetSettings settings{
      .prefixes = {{IpAddress::v4(0x0b000000), 8}, {*IpAddress::parse("2001:db8:b::"), 104}},
      .seed = seed};
  const InternetMap map{settings};
  std::string text = fmt::format(
      "title \"A procedural internet of 2^24 destinations, seed {0}\"\n"
      "seed {0}\n"
      "prober   me   192.0.2.7  2001:db8::7\n"
      "router   gw   192.0.2.1  2001:db8:0:1::1\n"
      "internet net  {1}  {2}  seed {0}\n"
      "path me 0.2ms gw 0.3ms net\n",
      seed,
      settings.prefixes[0].to_string(),
      settings.prefixes[1].to_string());
  const auto four = map.find_open(Family::V4, 443);
  const auto six = map.find_open(Family::V6, 443);
  if (four && six) {
    text += fmt::format("target {} {} port 443\n", four->to_string(), six->to_string());
  }
  return text;
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
