// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/network/network.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <vector>

namespace synroute::tracer {

/// Finds the address of a target and the route to it.
using RouteFinder = std::function<std::expected<TargetRoute, StartupError>(const TargetRequest&)>;

/// One trace per target of the request that can be traced; `skipped` is told of the others. Those
/// that the request names are found at once, those that it reads when they are asked for. Each
/// trace draws its random numbers from a seed of its own, made from `seed`.
[[nodiscard]] PlanSource plan_targets(
    const TraceRequest& request, std::uint64_t seed, RouteFinder find_route, ErrorSink skipped);

/// Source ports one trace uses: one by connect() or when the user chose it, else all that its
/// strategy can make use of.
[[nodiscard]] std::size_t source_port_count(const TraceRequest& request);

}  // namespace synroute::tracer
