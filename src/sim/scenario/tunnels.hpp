// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/topology.hpp"
#include "sim/stack/mpls.hpp"

#include <cstddef>
#include <vector>

namespace synroute::sim {

/// The label table of every node: both directions of all tunnels.
[[nodiscard]] std::vector<LabelTable> label_tables(
    const Scenario& scenario, const Topology& topology);

/// A router's settings; in a tunnel that shows labels its errors have an extension structure.
[[nodiscard]] RouterSettings router_settings(const Scenario& scenario, std::size_t node);

}  // namespace synroute::sim
