// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "engine/ledger.hpp"

#include <set>

namespace synroute::engine {

/// A target answers one SYN of a connection at a time: it ignores others until the handshake is
/// reset, one RTT later. Marks the unanswered probes with a TTL from `distance` on whose silence is
/// therefore no sign of loss, and those of `unnamed` flows, whose answers carry no key.
void mark_overlaps(Ledger& ledger, Ttl distance, const std::set<FlowId>& unnamed);

}  // namespace synroute::engine
