// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/exit_code.hpp"
#include "cli/option.hpp"
#include "cli/parser.hpp"
#include "cli/plan.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// What a command is called with.
struct Invocation {
  Request request;                         ///< the options, applied
  std::vector<std::string_view> operands;  ///< without the command word
  Equipment equipment;
};

/// A command of the native command line.
struct Command {
  CommandId id = CommandId::Trace;
  std::string_view word;      ///< the first operand; Trace is also meant without it
  std::string_view operands;  ///< for the usage line
  std::string_view summary;   ///< a clause; empty: for builders, not shown to users
  ExitCode (*run)(Invocation invocation) = nullptr;
};

[[nodiscard]] std::span<const Command> commands();

// What the rows run; each stands in a file of its own.
ExitCode run_trace(Invocation invocation);
ExitCode run_scan(Invocation invocation);
ExitCode run_replay(Invocation invocation);
ExitCode run_demo(Invocation invocation);
ExitCode run_generate(Invocation invocation);

/// The native command line, without the program's name.
int run_native(std::string_view program, Words words, const Equipment& equipment);

/// Says one line on standard error.
void warn(std::string_view message);
/// Says one line on standard error and hands on the status that goes with it.
ExitCode complain(ExitCode code, std::string_view message);
ExitCode complain(const Obstacle& obstacle);

}  // namespace synroute::cli
