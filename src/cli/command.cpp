// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

#include "cli/generate.hpp"
#include "cli/streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace synroute::cli {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {.id = CommandId::Trace,
     .word = "trace",
     .operands = "HOST[:PORT]...",
     .summary = "show the path to a TCP port; \"trace\" may be left out",
     .run = run_trace},
    {.id = CommandId::Scan,
     .word = "scan",
     .operands = "HOST|PREFIX... PORTS",
     .summary = "show the state of many ports, and where each is stopped",
     .run = run_scan},
    {.id = CommandId::Replay,
     .word = "replay",
     .operands = "FILE [HOST[:PORT]]",
     .summary = "show the traces in a packet capture, whichever tool made them",
     .run = run_replay},
    {.id = CommandId::Demo,
     .word = "demo",
     .operands = "[SCENARIO|FILE]",
     .summary = "trace or \"scan\" a simulated internet: no rights, no network",
     .run = run_demo},
    {.id = CommandId::Generate,
     .word = "generate",
     .operands = "man|bash|zsh|fish",
     .summary = {},
     .run = run_generate},
});

/// The command the first operand names, which is then no operand any more; else Trace.
const Command& take_command(std::vector<std::string_view>& operands) {
  if (!operands.empty()) {
    const auto row = std::ranges::find(kCommands, operands.front(), &Command::word);
    if (row != kCommands.end()) {
      operands.erase(operands.begin());
      return *row;
    }
  }
  return kCommands[0];
}

ExitCode dispatch(Words words, const Equipment& equipment) {
  auto parsed = parse(words);
  if (!parsed) {
    return complain(ExitCode::Usage, parsed.error());
  }
  const Command& command = take_command(parsed->operands);
  Invocation invocation;
  if (const auto applied = apply(parsed->uses, command.id, invocation.request); !applied) {
    return complain(ExitCode::Usage, applied.error());
  }
  if (invocation.request.help) {
    return write_out(help_text(command)) ? ExitCode::Open : ExitCode::ReaderGone;
  }
  if (invocation.request.version) {
    return write_out(version_text()) ? ExitCode::Open : ExitCode::ReaderGone;
  }
  invocation.operands = std::move(parsed->operands);
  invocation.equipment = equipment;
  return command.run(std::move(invocation));
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

int run_native(std::string_view, Words words, const Equipment& equipment) {
  return status(dispatch(words, equipment));
}

void warn(std::string_view message) {
  write_text({.out = {}, .err = fmt::format("synroute: {}\n", message)});
}

ExitCode complain(ExitCode code, std::string_view message) {
  warn(message);
  return code;
}

ExitCode complain(const Obstacle& obstacle) {
  return complain(obstacle.code, obstacle.message);
}

}  // namespace synroute::cli
