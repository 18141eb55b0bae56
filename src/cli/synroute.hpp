// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "tracer/privileges.hpp"

#include <string_view>

namespace synroute::cli {

/// The native command line, without the program's name; returns the exit status.
int run_synroute(std::string_view program, Words words, const tracer::Privileges& privileges);

}  // namespace synroute::cli
