// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"
#include "present/palette.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace synroute::present {

/// "shop.example (203.0.113.80) port 443 (https), from 192.0.2.7 via eth0".
[[nodiscard]] std::string heading(const model::Trace& trace);
/// The sentence that states the result, then the findings, on lines of a terminal with this many
/// columns (0: unlimited).
[[nodiscard]] std::vector<std::string> closing_lines(
    const model::Trace& trace, const Palette& palette, std::size_t columns);

}  // namespace synroute::present
