// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/line_words.hpp"
#include "sim/scenario/scenario.hpp"

/// The keys that may follow a node or a link in a scenario, one row each.
namespace synroute::sim {

/// Reads all that is left of the line as properties of a router or a host.
void read_properties(LineWords& words, NodeSpec& node);
void read_properties(LineWords& words, LinkSpec& link);

}  // namespace synroute::sim
