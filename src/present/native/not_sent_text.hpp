// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>

namespace synroute::present {

/// The closing sentence of a trace of which no probe left this host, and why.
[[nodiscard]] std::string not_sent_sentence(const model::Trace& trace);

}  // namespace synroute::present
