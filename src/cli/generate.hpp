// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"

#include <string>

namespace synroute::cli {

// Everything that is written about the command line, made from its tables.

/// "synroute 0.1.0".
[[nodiscard]] std::string version_text();
/// What --help shows for one command; for Trace, the other commands too.
[[nodiscard]] std::string help_text(const Command& command);
/// synroute(1) in man(7) macros.
[[nodiscard]] std::string man_page();
/// Completion scripts.
[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace synroute::cli
