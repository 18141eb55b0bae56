// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/hop.hpp"
#include "model/routing_loop.hpp"
#include "model/trace.hpp"

#include <map>
#include <optional>
#include <vector>

namespace synroute::model {

/// What the probes of a scan to ports that the target does not answer met, hop by hop.
[[nodiscard]] std::vector<Hop> rows_of_ports(const Trace& trace);
/// The routing loop in which those probes end; nothing without one.
[[nodiscard]] std::optional<RoutingLoop> loop_of_ports(const Trace& trace);
/// The probes to a port go round the loop at least once.
[[nodiscard]] bool ends_in(const RoutingLoop& loop, const Reach& reach);

/// How long the unanswered SYNs with a full TTL to each port were waited for, the shortest wait of
/// each; without ports of which a wait is unknown.
[[nodiscard]] std::map<Port, Duration> shortest_waits(const Trace& trace);

}  // namespace synroute::model
