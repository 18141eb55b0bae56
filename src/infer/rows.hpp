// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/hop.hpp"

#include <vector>

namespace synroute::infer {

using Rows = std::vector<model::Hop>;

/// Several routers at one hop of a single connection.
void find_load_balancing(const Rows& rows, std::vector<model::Finding>& findings);
/// Routers that forward the probes in a circle (see model::find_routing_loop). Discards what was
/// found about silent rows of the loop: its routers answer each time it passes them, so their rate
/// limits explain it.
void find_routing_loop(const Rows& rows, std::vector<model::Finding>& findings);
/// Time-exceeded errors with the target's address: Linux conntrack rewrites the source of ICMP
/// errors that pass a destination NAT. A router behind that shows its own address excludes it.
void find_destination_nat(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);
/// Fields of the probe that ICMP errors quote with other values, and between which hops they
/// change.
void find_rewrites(const Rows& rows, std::vector<model::Finding>& findings);

/// The ids of the probes of a row.
[[nodiscard]] std::vector<ProbeId> evidence(const model::Hop& row);

}  // namespace synroute::infer
