// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "replay/tape.hpp"

#include <memory>

namespace synroute::replay {

/// When probes that carry the same numbers follow each other this far apart, whoever sent them
/// had given up the first: an answer that fits both is the second's.
inline constexpr Duration kGivenUp = std::chrono::milliseconds{500};

/// Asks what was asked on the tape, and concludes from the answers what a trace would.
[[nodiscard]] std::unique_ptr<engine::Strategy> follow(std::shared_ptr<const Tape> tape);

/// What an engine must know for that, but for the time of the start and the names of things.
[[nodiscard]] engine::Settings settings_for(const Recording& recording);

}  // namespace synroute::replay
