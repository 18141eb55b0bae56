// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <string>

namespace synroute::present {

/// "shop.example (203.0.113.80) port 443 (https), from 192.0.2.7 via eth0".
[[nodiscard]] std::string heading(const model::Trace& trace);
/// "hop 3", "hops 3-4", "target", "this host": what a finding is about.
[[nodiscard]] std::string place_of(const model::Finding& finding);
/// "  hop 3      likely: SENTENCE".
[[nodiscard]] std::string finding_line(const model::Finding& finding);
/// The column at which the sentences of findings begin.
inline constexpr std::size_t kSentenceColumn = 13;

}  // namespace synroute::present
