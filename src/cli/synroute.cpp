// SPDX-License-Identifier: Apache-2.0
#include "cli/synroute.hpp"

#include "cli/complain.hpp"
#include "cli/generate/generate.hpp"
#include "cli/native/command.hpp"
#include "cli/native/parser.hpp"
#include "cli/streams.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace synroute::cli {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {.id = CommandId::Trace,
     .word = "trace",
     .operands = "HOST[:PORT]...",
     .summary = "show the path to a TCP port (the default command)",
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
     .summary = "trace or \"scan\" a simulated internet",
     .run = run_demo},
    {.id = CommandId::Generate,
     .word = "generate",
     .operands = "man|bash|zsh|fish",
     .summary = {},
     .run = run_generate},
});

/// The command that the first operand names, and takes that operand away; else Trace.
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

ExitStatus dispatch(Words words, const tracer::Privileges& privileges) {
  auto parsed = parse(words);
  if (!parsed) {
    return complain(ExitStatus::Usage, parsed.error());
  }
  const Command& command = take_command(parsed->operands);
  Invocation invocation{
      .request = {},
      .operands = std::move(parsed->operands),
      .privileges = privileges,
      .commands = kCommands};
  if (const auto applied = apply(parsed->uses, command.id, invocation.request); !applied) {
    return complain(ExitStatus::Usage, applied.error());
  }
  if (invocation.request.help || invocation.request.version) {
    const std::string text =
        invocation.request.help ? help_text(command, kCommands) : version_text();
    return write_out(text) ? ExitStatus::Open : ExitStatus::ReaderGone;
  }
  return command.run(std::move(invocation));
}

}  // namespace

int run_synroute(std::string_view, Words words, const tracer::Privileges& privileges) {
  return number(dispatch(words, privileges));
}

}  // namespace synroute::cli
