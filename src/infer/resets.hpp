// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

/// Resets with the target's address that another answer to the same probe contradicts, and between
/// which hops they are sent.
void find_forged_resets(const model::Trace& trace, std::vector<model::Finding>& findings);
/// A closed port whose resets pass no more routers than the answers of the hop before: a firewall
/// there may send them. Only reported where the return path of that hop has as many routers as the
/// forward path.
void find_resets_on_path(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);

/// The same for the ports of a scan, with both answers.
void find_forged_resets_of_ports(const model::Trace& trace, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
