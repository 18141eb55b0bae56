// SPDX-License-Identifier: Apache-2.0
#include "cli/personality.hpp"

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/complain.hpp"
#include "cli/early_options.hpp"
#include "cli/streams.hpp"
#include "cli/synroute.hpp"
#include "cli/tcptraceroute/run.hpp"
#include "cli/tracetcp/run.hpp"
#include "tracer/privileges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::cli {
namespace {

/// A command-line syntax and the name that selects it.
struct Personality {
  std::string_view name;
  /// `program` is the name as called; returns the exit status.
  int (*run)(std::string_view program, Words words, const tracer::Privileges& privileges);
};

constexpr auto kPersonalities = std::to_array<Personality>({
    {.name = "synroute", .run = run_synroute},
    {.name = "tracetcp", .run = run_tracetcp},
    {.name = "tcptraceroute", .run = run_tcptraceroute},
});

const Personality* find(std::string_view name) {
  const auto row = std::ranges::find(kPersonalities, name, &Personality::name);
  return row != kPersonalities.end() ? &*row : nullptr;
}

/// "tcptraceroute" of "/usr/bin/tcptraceroute.synroute" too: Debian's alternatives system names
/// files so when several packages offer one command.
std::string_view called_name(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.substr(0, last.find('.'));
}

int refuse(std::string_view name) {
  std::string known;
  for (const Personality& each : kPersonalities) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
  }
  return number(complain(
      ExitStatus::Usage, fmt::format("--as must be one of {}, not '{}'", known, sanitise(name))));
}

}  // namespace

int run(std::span<char* const> arguments) {
  prepare_streams();
  const std::vector<std::string_view> all{arguments.begin(), arguments.end()};
  std::string_view program = all.empty() ? "" : called_name(all.front());
  Words words = Words{all}.subspan(all.empty() ? 0 : 1);
  const bool renamed = words.size() >= 2 && words.front() == "--as";
  if (renamed) {
    program = words[1];
    words = words.subspan(2);
  }
  const Personality* personality = find(program);
  const bool native = personality == nullptr || personality == &kPersonalities.front();
  const EarlyOptions early = read_early_options(words);
  const tracer::Privileges privileges =
      tracer::take_privileges(early.mark, native ? early.capture_path : "");
  if (renamed && personality == nullptr) {
    return refuse(program);
  }
  return (native ? kPersonalities.front() : *personality).run(program, words, privileges);
}

}  // namespace synroute::cli
