// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/native/command.hpp"

#include <span>
#include <string>

namespace synroute::cli {

using Commands = std::span<const Command>;

// Documentation of the native command line, made from its tables.

/// Writes what the operand names: man, bash, zsh or fish.
ExitStatus run_generate(Invocation invocation);

/// "synroute 0.1.0".
[[nodiscard]] std::string version_text();
/// What --help shows for one command; for Trace, the other commands too.
[[nodiscard]] std::string help_text(const Command& command, Commands all);
/// synroute(1) in man(7) macros.
[[nodiscard]] std::string man_page(Commands all);
/// Completion scripts.
[[nodiscard]] std::string bash_completion(Commands all);
[[nodiscard]] std::string zsh_completion(Commands all);
[[nodiscard]] std::string fish_completion(Commands all);

}  // namespace synroute::cli
