// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/box_spec.hpp"
#include "sim/truth/network_view.hpp"

/// What the middleboxes of the router where `probe` is are expected to do, at the three places
/// where packets meet them. They change the probe; `outbound`: it moves away from the prober.
namespace synroute::sim {

/// On arrival, before the router looks at the packet.
[[nodiscard]] BoxEffect enter_boxes(OracleProbe& probe, const NetworkView& network, bool outbound);
/// In transit, after the route is known and the TTL is lowered.
[[nodiscard]] BoxEffect forward_boxes(
    OracleProbe& probe, const NetworkView& network, bool outbound);
/// On leaving, whether the packet is in transit or was made here. No box stops a packet there.
void leave_boxes(OracleProbe& probe, const NetworkView& network, bool outbound);

}  // namespace synroute::sim
