// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <expected>
#include <optional>
#include <vector>

namespace synroute::tracer {

/// All addresses of a target, of the requested family, in the order of RFC 6724. Waits for name
/// servers.
[[nodiscard]] std::expected<std::vector<IpAddress>, StartupError> addresses_of(
    const TargetRequest& target, std::optional<Family> wanted);

/// Looks up a target on this host's network: of its addresses the first that has a route. Waits for
/// name servers; sends nothing to the target.
[[nodiscard]] std::expected<TargetRoute, StartupError> resolve_target(
    const TraceRequest& request, const TargetRequest& target);

}  // namespace synroute::tracer
