// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/ledger.hpp"

#include <optional>

namespace synroute::strategy {

/// Until when to wait for an answer that contradicts the resets received so far from a target
/// `distance` hops away; nothing when there are no resets or they look genuine.
///
/// A middlebox that forges resets is nearer than the target, so the genuine answer comes later.
/// Resets are suspect when they come in copies, carry a window (operating systems send 0), or have
/// a TTL that shows another number of routers on the return path than on the forward path. None of
/// these is proof, and a careful forgery shows none of them.
[[nodiscard]] std::optional<Instant> suspected_until(const engine::Ledger& ledger, int distance);

}  // namespace synroute::strategy
