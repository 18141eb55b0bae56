// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>
#include <vector>

namespace synroute::present {

/// "open", "closed", "filtered", "rejected (admin prohibited)", "unreachable (host unreachable)".
[[nodiscard]] std::string state_text(const model::Trace& trace);

/// One sentence that says what was found out about the port and how. Begins with the state or, when
/// there is none, with what ended the trace, and a colon. Safe for a terminal.
[[nodiscard]] std::string closing_sentence(const model::Trace& trace);

/// What was lost on this host rather than in the network, a line each without line ends; usually
/// none.
[[nodiscard]] std::vector<std::string> own_losses(const model::Trace& trace);

/// A round trip in milliseconds: "12.3", or "0.04" and "0.004" where one decimal would say nothing.
[[nodiscard]] std::string milliseconds_text(Duration length);

}  // namespace synroute::present
