// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/network/network.hpp"
#include "tracer/request/trace_request.hpp"

#include <span>

namespace synroute::tracer {

/// Routes may depend on the source port, which a trace gets only after it is planned. Corrects its
/// interface and gateway to those of its connection. True when that has another source address as
/// well, which then is the trace's: its port must be reserved there. `keeps_address`: several
/// traces share one, and keep it.
[[nodiscard]] bool follow_connection(
    const TraceRequest& request, PlannedTrace& trace, bool keeps_address);

}  // namespace synroute::tracer
