// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/ledger.hpp"

#include <optional>

namespace synroute::strategy {

/// Until when it is worth listening for an answer that contradicts the resets heard so far,
/// `distance` hops away; nothing when there are none or they look like the target's own.
///
/// Somebody beside the path who resets connections is nearer than the target, so the genuine answer
/// comes later. What gives resets away: they come in copies, carry a window (systems send 0), or
/// their TTL shows another number of routers on the way back than on the way there. None of that
/// proves anything, and a good forgery shows none of it.
[[nodiscard]] std::optional<Instant> doubted_until(const engine::Ledger& ledger, int distance);

}  // namespace synroute::strategy
