// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace synroute::cli {

/// Runs the program under the syntax its name selects: the last part of argv[0], or NAME of
/// `--as NAME` as the very first argument. Other names are the native syntax, so that the program
/// may be renamed. `arguments` is all of argv. Gives up all permissions first. The exit status.
int run(std::span<char* const> arguments);

}  // namespace synroute::cli
