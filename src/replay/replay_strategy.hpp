// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "replay/replay_cursor.hpp"

#include <memory>

namespace synroute::replay {

/// When two probes with the same source port and sequence number are at least this far apart, the
/// prober had given up the first: an answer that matches both belongs to the second.
inline constexpr Duration kGivenUp = std::chrono::milliseconds{500};

/// Sends the recorded probes again and draws the same conclusions as a live trace.
[[nodiscard]] std::unique_ptr<engine::Strategy> make_replay_strategy(
    std::shared_ptr<const ReplayCursor> cursor);

/// The engine settings for a recorded trace. Host and service names are left empty.
[[nodiscard]] engine::Settings settings_for(const RecordedTrace& trace);

}  // namespace synroute::replay
