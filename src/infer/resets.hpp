// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// Resets in the target's name that another answer to the same probe disproves, and between which
/// hops they are made.
void forged_resets(const model::Trace& trace, std::vector<model::Finding>& findings);
/// A closed port whose resets come over no more routers than the answers of the hop before: a
/// firewall there may send them. Only said where the way back is known to be the way there.
void resets_from_the_way(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
