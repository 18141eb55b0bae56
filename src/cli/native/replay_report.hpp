// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/find.hpp"

#include <string>
#include <string_view>

namespace synroute::cli {

/// Why there is nothing to show of a capture: one line.
[[nodiscard]] std::string no_trace(
    std::string_view name, const replay::Capture& capture, const replay::Found& found);

/// What of a capture was not used, or only in part, as a list; empty: all was used.
[[nodiscard]] std::string left_out(const replay::Capture& capture, const replay::Found& found);

}  // namespace synroute::cli
