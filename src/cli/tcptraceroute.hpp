// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/parser.hpp"

#include <string_view>

namespace synroute::cli {

/// The program under the name of tcptraceroute: its command line, its output, its exit status.
int run_tcptraceroute(std::string_view program, Words words, const Equipment& equipment);

}  // namespace synroute::cli
