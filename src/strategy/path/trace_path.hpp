// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/strategy.hpp"
#include "strategy/path/trace_options.hpp"

#include <cstddef>
#include <memory>

namespace synroute::strategy {

/// Finds the hops to one target port on one flow, and the state of the port.
///
/// `sibling_flows`: how many flows beyond 0 the engine has (source ports held). The first
/// `queries` - 1 (at least one) are used for Direct probes, the others for targets whose answers
/// carry no key.
[[nodiscard]] std::unique_ptr<engine::Strategy> trace_path(
    const TraceOptions& options, std::size_t sibling_flows);

}  // namespace synroute::strategy
