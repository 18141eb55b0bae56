// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/native/command.hpp"
#include "cli/native/option.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// An option of an ancestor's command line, for completions only.
struct AncestorOption {
  char letter = 0;
  std::string_view value;  ///< empty: none
  std::string_view help;
  Completion completion = Completion::None;
};

struct Ancestor {
  std::string_view name;
  std::span<const AncestorOption> options;
};
[[nodiscard]] std::span<const Ancestor> ancestors();

/// "trace scan replay demo": commands that are shown to users.
[[nodiscard]] std::string shown_command_words(std::span<const Command> all);
/// Options of a command, in the order of the help.
[[nodiscard]] std::vector<const Option*> options_of(CommandId command);
/// "-p --port"; `between` stands between letter and name.
[[nodiscard]] std::string spellings(const Option& option, std::string_view between = " ");
/// Names of the scenarios that come with the program, separated by blanks.
[[nodiscard]] std::string scenario_words();

}  // namespace synroute::cli
