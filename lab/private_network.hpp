// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

namespace synroute::lab {

/// Leaves the machine's network: from here on this process and its children have a network and a
/// view of /etc of their own, in which names are the scenario's. Nothing has to be undone: it ends
/// with the processes. Throws os::SystemError where the kernel does not permit it.
void enter_private_network(const sim::Scenario& scenario);

}  // namespace synroute::lab
