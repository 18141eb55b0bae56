// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"

namespace synroute::lab {

/// Moves this process and its future children to a private network and a private view of /etc that
/// resolves the scenario's names. Both end with the processes. Throws os::SystemError where the
/// kernel does not permit it.
void enter_private_network(const sim::Scenario& scenario);

}  // namespace synroute::lab
