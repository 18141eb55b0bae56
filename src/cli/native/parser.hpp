// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/native/option.hpp"
#include "cli/value.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// An option as it was used; `spelled` is how, for messages ("-p", "--port").
struct Use {
  const Option* option = nullptr;
  std::string spelled;
  std::string_view value;
};

/// A parsed command line; no option is applied yet.
struct ParsedWords {
  std::vector<Use> uses;  ///< in order: the last one applies
  std::vector<std::string_view> operands;
};

/// POSIX and GNU conventions: letters may be bundled, a value may be joined to its letter or follow
/// it, `--name VALUE` or `--name=VALUE`, options and operands in any order, `--` ends the options.
/// Long names are not abbreviated, so that a new option never changes what a script means.
[[nodiscard]] Read<ParsedWords> parse(Words words);

/// Applies the uses to the request; an option that does not belong to the command is an error.
[[nodiscard]] Read<void> apply(std::span<const Use> uses, CommandId command, Request& to);

}  // namespace synroute::cli
