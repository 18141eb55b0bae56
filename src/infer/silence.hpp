// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"

#include <vector>

namespace synroute::infer {

/// Hops without an answer before hops that answer, and hops that answered only some probes.
void find_silence(const Rows& rows, std::vector<model::Finding>& findings);

/// Whether a hop that left `lost` of `asked` probes unanswered limits its reports, where the other
/// hops of the path left `others_lost` of `others_asked`. Loss alone would lose as many with a
/// probability below 0.01 / `hops`, at the highest loss that the other hops make likely (upper
/// 97.5 % limit of Wilson's interval): so no more than one path in a hundred is called limited by
/// mistake.
[[nodiscard]] bool is_more_than_loss(
    int lost, int asked, int others_lost, int others_asked, int hops);

}  // namespace synroute::infer
