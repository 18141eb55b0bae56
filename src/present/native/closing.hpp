// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>
#include <vector>

namespace synroute::present {

/// "open", "closed", "filtered", "rejected (admin prohibited)", "unreachable (host unreachable)".
[[nodiscard]] std::string state_text(const model::Trace& trace);

/// One sentence about the state of the port and how it was found. Begins with the state, or with
/// what ended the trace when there is no state ("interrupted", "not sent"), followed by a colon or
/// semicolon. Safe for a terminal.
[[nodiscard]] std::string closing_sentence(const model::Trace& trace);

/// Packets lost on this host rather than in the network: one line per cause, without line ends.
[[nodiscard]] std::vector<std::string> local_losses(const model::Trace& trace);

/// A round-trip time in milliseconds: "12.3", with two or three decimals below 0.095 ms.
[[nodiscard]] std::string milliseconds_text(Duration length);

}  // namespace synroute::present
