// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "model/probe_record.hpp"

#include <set>
#include <span>

namespace synroute::engine {

/// A target answers one SYN of a connection at a time and keeps silent to others that arrive before
/// its handshake is undone, one RTT later. Marks the probes whose silence, for that reason or
/// because they are of `unnamed` flows, whose answers carry no key, says nothing about the network.
void mark_overlaps(
    std::span<model::ProbeRecord> records, Ttl distance, const std::set<FlowId>& unnamed);

}  // namespace synroute::engine
