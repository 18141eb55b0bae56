// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// Signs of a middlebox that answers for the host: open control ports, and ports answered at a
/// smaller distance than others.
[[nodiscard]] std::vector<model::Finding> infer_scan(const model::Trace& trace);

}  // namespace synroute::infer
