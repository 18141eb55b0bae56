// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

// Why a trace shows few answers or none.

/// Probes this host did not send: one finding for each reason.
void find_not_sent(const model::Trace& trace, std::vector<model::Finding>& findings);
/// ICMP errors that were captured before this host's firewall dropped them.
void find_local_firewall(const model::Trace& trace, std::vector<model::Finding>& findings);
/// All probes left this host and none was answered.
void find_nothing_came_back(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);
/// The target answers, but no router before it reports, over at least three hops. Returns whether
/// that was found: findings about single silent hops would then only repeat it.
bool find_no_reports(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
