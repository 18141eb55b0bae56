// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/parser.hpp"
#include "cli/plan.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <vector>

namespace synroute::cli {

/// Reads the operands into the targets (and the packet length) of the request; none is an error.
[[nodiscard]] Read<void> take_operands(Request& request, Words operands);

/// Traces ready to begin, and the greatest status of those that are not.
struct Prepared {
  std::vector<engine::Settings> traces;
  ExitCode code = ExitCode::Open;
};

using Locator = std::function<std::expected<Place, Obstacle>(const TargetSpec&)>;

/// Finds out where each target is. One that cannot be traced to costs a line on standard error and
/// its status; the others are traced. Each trace has random numbers of its own.
[[nodiscard]] Prepared prepare(
    const TraceRequest& request, std::uint64_t seed, const Locator& locate);

}  // namespace synroute::cli
