// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// What can be concluded from a finished trace or scan beyond its rows, nearest hop first. Each
/// finding names the probes it is inferred from.
[[nodiscard]] std::vector<model::Finding> infer(const model::Trace& trace);

}  // namespace synroute::infer
