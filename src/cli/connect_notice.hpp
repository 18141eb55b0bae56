// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace synroute::cli {

/// Whether probes by connect() share one flow, and whether the user could choose that (--paris).
enum class ConnectFlows : std::uint8_t { One, Many, ManyByChoice };

/// What a trace by connect() cannot show, and how to permit raw packets: one line.
[[nodiscard]] std::string connect_notice(ConnectFlows flows);

}  // namespace synroute::cli
