// SPDX-License-Identifier: Apache-2.0
#include "cli/personality.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/streams.hpp"
#include "cli/tcptraceroute.hpp"
#include "cli/tracetcp_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace synroute::cli {
namespace {

constexpr auto kPersonalities = std::to_array<Personality>({
    {.name = "synroute", .run = run_native},
    {.name = "tracetcp", .run = run_tracetcp},
    {.name = "tcptraceroute", .run = run_tcptraceroute},
});

const Personality* find(std::string_view name) {
  const auto row = std::ranges::find(kPersonalities, name, &Personality::name);
  return row != kPersonalities.end() ? &*row : nullptr;
}

/// What the program is called: "tcptraceroute" of "/usr/bin/tcptraceroute.synroute" too, which is
/// how Debian names what several packages offer under one name.
std::string_view called_name(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.substr(0, last.find('.'));
}

/// Native unless the name says otherwise.
bool is_native(std::string_view name) {
  const Personality* personality = find(name);
  return personality == nullptr || personality->run == run_native;
}

int run_as(std::string_view name, Words words, const Equipment& equipment) {
  const Personality* personality = find(name);
  if (personality != nullptr) {
    return personality->run(name, words, equipment);
  }
  std::string known;
  for (const Personality& each : kPersonalities) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
  }
  return status(
      complain(ExitCode::Usage, fmt::format("--as '{}' is none of: {}", sanitise(name), known)));
}

}  // namespace

std::span<const Personality> personalities() {
  return kPersonalities;
}

int run(std::span<char* const> arguments) {
  prepare_streams();
  std::vector<std::string_view> words{arguments.begin(), arguments.end()};
  const std::string_view program = words.empty() ? "" : called_name(words.front());
  const Words rest = Words{words}.subspan(words.empty() ? 0 : 1);
  constexpr std::string_view kAs = "--as";
  const bool renamed = rest.size() >= 2 && rest.front() == kAs;
  const Equipment equipment =
      equip(rest, is_native(renamed ? rest[1] : program) ? MayWrite::Capture : MayWrite::Nothing);
  if (renamed) {
    return run_as(rest[1], rest.subspan(2), equipment);
  }
  const Personality* personality = find(program);
  return (personality != nullptr ? *personality : kPersonalities[0]).run(program, rest, equipment);
}

}  // namespace synroute::cli
