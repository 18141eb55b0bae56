// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/find_traces.hpp"

#include <string>
#include <string_view>

namespace synroute::cli {

/// Why no trace of a capture is shown: one line.
[[nodiscard]] std::string no_trace(
    std::string_view name, const replay::Capture& capture, const replay::FoundTraces& found);

/// The parts of a capture that were not used, or only partly, as a list; empty when all were used.
[[nodiscard]] std::string left_out(
    const replay::Capture& capture, const replay::FoundTraces& found);

/// What a capture says of data segments that expired on the way: one line.
[[nodiscard]] std::string describe(const replay::ExpiredData& data);

}  // namespace synroute::cli
