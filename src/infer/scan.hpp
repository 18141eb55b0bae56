// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// Signs of something that answers for the host: controls that are open, ports answered nearer than
/// others.
[[nodiscard]] std::vector<model::Finding> infer_scan(const model::Trace& trace);

}  // namespace synroute::infer
