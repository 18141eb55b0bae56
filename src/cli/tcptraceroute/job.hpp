// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tcptraceroute/arguments.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/run.hpp"

#include <string_view>

namespace synroute::cli {

/// A tcptraceroute command line as a job, on a route that is found already. `raw`: probes are raw
/// packets, not connect() calls. A packet length below that of the headers is raised, with a
/// warning on standard error as tcptraceroute writes it; one above the MTU is left for the kernel
/// to refuse.
[[nodiscard]] tracer::Job tcptraceroute_job(
    const TcptracerouteArguments& arguments, const tracer::TargetRoute& route, bool raw);

/// The first option that requires raw packets; empty: none.
[[nodiscard]] std::string_view raw_only_option(const TcptracerouteArguments& arguments);

}  // namespace synroute::cli
