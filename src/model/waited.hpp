// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/probe_record.hpp"

#include <optional>
#include <span>
#include <string>

namespace synroute::model {

/// How long every lost probe of these was waited for at least; nothing when none was lost or a wait
/// is not known.
[[nodiscard]] std::optional<Duration> shortest_wait(std::span<const ProbeRecord* const> records);

/// "64 ms" below 0.1 s, else "0.4 s", "3 s": rounded down, so that "no answer within" is true.
[[nodiscard]] std::string wait_text(Duration waited);

}  // namespace synroute::model
