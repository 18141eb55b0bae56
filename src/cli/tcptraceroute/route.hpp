// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tcptraceroute/arguments.hpp"
#include "tracer/network/source_ports.hpp"
#include "tracer/request/trace_request.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace synroute::cli {

/// "-i any": all devices, which are listened on anyway.
inline constexpr std::string_view kAnyDevice = "any";

/// Finds the target and the route to it, or fails in the words of tcptraceroute.
[[nodiscard]] std::expected<tracer::TargetRoute, std::string> find_route(
    const TcptracerouteArguments& arguments);

/// Reserves one source port, or one for each probe with --track-port; or fails in the words of
/// tcptraceroute. `low_ports`: ports below 1024 may be used.
[[nodiscard]] std::expected<tracer::SourcePorts, std::string> reserve_ports(
    const TcptracerouteArguments& arguments, const tracer::TargetRoute& route, bool low_ports);

}  // namespace synroute::cli
