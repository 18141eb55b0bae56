// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/topology.hpp"
#include "sim/stack/mpls.hpp"

#include <cstddef>
#include <vector>

namespace synroute::sim {

/// What every node does with labels, by node: both directions of all tunnels.
[[nodiscard]] std::vector<LabelTable> label_tables(
    const Scenario& scenario, const Topology& topology);

/// A router's settings: in tunnels that show labels its errors have a place for them.
[[nodiscard]] RouterSettings router_settings(const Scenario& scenario, std::size_t node);

}  // namespace synroute::sim
