// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_status.hpp"
#include "cli/native/option.hpp"
#include "cli/native/request.hpp"
#include "tracer/privileges.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace synroute::cli {

struct Command;

/// What a command is run with.
struct Invocation {
  Request request;                         ///< with the options applied
  std::vector<std::string_view> operands;  ///< without the command word
  tracer::Privileges privileges;
  std::span<const Command> commands;  ///< all there are, for generated documentation
};

/// A command of the native command line. The table of all is in cli/synroute.cpp.
struct Command {
  CommandId id = CommandId::Trace;
  std::string_view word;      ///< the first operand; Trace is the command without it
  std::string_view operands;  ///< for the usage line
  std::string_view summary;   ///< a clause; empty: not shown to users
  ExitStatus (*run)(Invocation invocation) = nullptr;
};

ExitStatus run_trace(Invocation invocation);
ExitStatus run_scan(Invocation invocation);
ExitStatus run_replay(Invocation invocation);
ExitStatus run_demo(Invocation invocation);

}  // namespace synroute::cli
