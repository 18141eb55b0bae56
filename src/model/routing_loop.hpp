// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "model/hop.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace synroute::model {

/// Routers that forward probes in a circle until the TTL runs out.
struct RoutingLoop {
  Ttl first;                       ///< the first row of the loop
  Ttl last;                        ///< the last row with an answer
  int length;                      ///< hops in one circle, at least 2
  std::vector<IpAddress> routers;  ///< those that answer, in the order of the circle
};

/// The loop in which the rows of a path end; nothing without one.
///
/// From its first row on, each row that answers shows one router, the one of the row `length`
/// before it; rows may be silent, since the routers of a loop soon reach their rate limit. Three
/// circles are required, which no load balancing over paths of unequal length shows. The same
/// router in successive rows is no loop: a router that forwards a TTL of 0, or a NAT that puts its
/// own address into the errors of the routers behind it, looks like that.
[[nodiscard]] std::optional<RoutingLoop> find_routing_loop(std::span<const Hop> rows);

}  // namespace synroute::model
