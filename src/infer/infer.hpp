// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// Everything that can be said about a finished trace beyond its rows, nearest hop first. Each
/// finding names the probes it stands on; what cannot be known is not said.
[[nodiscard]] std::vector<model::Finding> infer(const model::Trace& trace);

}  // namespace synroute::infer
