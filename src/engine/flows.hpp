// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/settings.hpp"
#include "engine/strategy.hpp"

namespace synroute::engine {

/// Makes the flows that the settings name: one per target port of a scan, else one per source port.
void add_flows(Ledger& ledger, const Settings& settings);

/// The flow of a probe: the one asked for, that of the probe another program sent, or a new one
/// where every probe has its own.
[[nodiscard]] FlowId choose_flow(Ledger& ledger, const Settings& settings, const Ask& ask);

}  // namespace synroute::engine
