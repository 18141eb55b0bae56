// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_status.hpp"
#include "tracer/startup_error.hpp"

#include <string_view>

namespace synroute::cli {

/// Writes "synroute: MESSAGE" to standard error.
void warn(std::string_view message);
/// The same, and returns the status that goes with it.
ExitStatus complain(ExitStatus status, std::string_view message);
ExitStatus complain(const tracer::StartupError& error);

}  // namespace synroute::cli
