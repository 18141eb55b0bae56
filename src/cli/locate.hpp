// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/plan.hpp"
#include "os/network/socket_options.hpp"

#include <expected>
#include <vector>

namespace synroute::cli {

/// All addresses of a target, of the family that is wanted. Waits for the name servers.
[[nodiscard]] std::expected<std::vector<IpAddress>, Obstacle> addresses_of(
    const TraceRequest& request, const TargetSpec& target);

/// Looks up the target's name and the way to it. Of several addresses the first that has a route,
/// in the order of RFC 6724. Waits for the name servers; sends nothing to the target.
[[nodiscard]] std::expected<Place, Obstacle> locate(
    const TraceRequest& request, const TargetSpec& target);

[[nodiscard]] os::Egress egress_of(const WayOut& way_out);

}  // namespace synroute::cli
