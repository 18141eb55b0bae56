// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/network/network.hpp"
#include "tracer/request/trace_request.hpp"

#include <span>

namespace synroute::tracer {

/// Routes may depend on the source port, which traces get only after they are planned. Corrects
/// their interfaces and gateways to those of their connections. True when the connection of a
/// single trace has another source address as well, which then is the trace's: its port must be
/// reserved there. Several traces share one address, and keep it.
[[nodiscard]] bool follow_connections(const TraceRequest& request, std::span<PlannedTrace> traces);

}  // namespace synroute::tracer
