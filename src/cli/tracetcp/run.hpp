// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "tracer/privileges.hpp"

#include <string_view>

namespace synroute::cli {

/// The command line of tracetcp, without the program's name. 255 for what it cannot parse, else 0.
int run_tracetcp(std::string_view program, Words words, const tracer::Privileges& privileges);

}  // namespace synroute::cli
