// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "tracer/privileges.hpp"

#include <string_view>

namespace synroute::cli {

/// The program under the name of tcptraceroute: its command line, output and exit status.
int run_tcptraceroute(std::string_view program, Words words, const tracer::Privileges& privileges);

}  // namespace synroute::cli
