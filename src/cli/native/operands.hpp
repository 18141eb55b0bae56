// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/native/request.hpp"
#include "cli/value.hpp"

namespace synroute::cli {

/// Reads the operands of a trace into the targets (and the packet length) of the request; no
/// operand is an error.
[[nodiscard]] Read<void> read_trace_operands(Request& request, Words operands);

}  // namespace synroute::cli
