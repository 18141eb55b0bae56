// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

/// Packets that claim to be answers and were not believed, or not alone.
namespace synroute::infer {

/// Segments with the target's address that carry no number of any probe, and that the target was
/// not shown to send.
void find_unattributed_answers(const model::Trace& trace, std::vector<model::Finding>& findings);
/// Several hosts answered one probe. One finding per host whose answer is not the reply.
void find_contradicting_answers(const model::Trace& trace, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
