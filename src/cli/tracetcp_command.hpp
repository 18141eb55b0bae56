// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/parser.hpp"

#include <string_view>

namespace synroute::cli {

/// The command line of tracetcp, without the program's name. 255 for what it cannot parse, else 0.
int run_tracetcp(std::string_view program, Words words, const Equipment& equipment);

}  // namespace synroute::cli
