// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer/rows.hpp"
#include "model/trace.hpp"

#include <vector>

namespace synroute::infer {

// Why a trace shows little or nothing: one finding each, and only what the evidence bears.

/// Probes this host did not let out, by what it said.
void not_sent(const model::Trace& trace, std::vector<model::Finding>& findings);
/// Errors that this host's own firewall dropped, heard in front of it.
void local_firewall(const model::Trace& trace, std::vector<model::Finding>& findings);
/// All probes left and nothing at all came back.
void nothing_came_back(
    const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);
/// The target answers, and no router on the way to it reported. True when it is so: then nothing is
/// to be said of single silent hops.
bool no_reports(const model::Trace& trace, const Rows& rows, std::vector<model::Finding>& findings);
/// The target seems to be one or two hops away, and is not: a TTL is set anew near this host, or
/// something there answers in the name of others (some networks of virtual machines).
void ttl_rewritten(const model::Trace& trace, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
