// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/native/request.hpp"
#include "cli/value.hpp"
#include "tracer/privileges.hpp"
#include "tracer/run.hpp"

#include <cstdint>

namespace synroute::cli {

/// A port scan, whatever network it takes place on. The last operand is the list of ports, all
/// before it are hosts. `seed` chooses the control ports.
[[nodiscard]] Read<tracer::Job> scan_job(
    Request& request, Words operands, const tracer::Privileges& privileges, std::uint64_t seed);

}  // namespace synroute::cli
