// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/parser.hpp"

#include <span>
#include <string_view>

namespace synroute::cli {

/// A command-line syntax the program speaks, and the name it is called under for that.
struct Personality {
  std::string_view name;
  /// `program` is the name as called; gives the exit status.
  int (*run)(std::string_view program, Words words, const Equipment& equipment) = nullptr;
};

[[nodiscard]] std::span<const Personality> personalities();

/// By the last part of argv[0], or by `--as NAME` as the very first argument. Unknown names in
/// argv[0] are native, so that the program may be renamed. `arguments` is all of argv. Gives up
/// all rights first. The exit status.
int run(std::span<char* const> arguments);

}  // namespace synroute::cli
