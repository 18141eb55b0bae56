// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// The target answers at a TTL that is smaller than the number of routers before it: a device
/// rewrites the TTL, or answers for the target, as some virtual machine networks do.
///
/// A device that changes the TTL by the same amount in both directions leaves no proof. What
/// remains is the time: a target few hops away whose round trip takes much longer than that of the
/// hop before.
void find_ttl_rewritten(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
