// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// A closed port whose resets carry no ACK. The target does answer so, but in SYN-SENT such a reset
/// is dropped (RFC 9293 section 3.10.7.3; Linux does): a connection is not refused, it waits until
/// it times out.
void find_ignored_resets(const model::Trace& trace, std::vector<model::Finding>& findings);

/// The same for the ports of a scan.
void find_ports_with_ignored_resets(
    const model::Trace& trace, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
