// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/hop.hpp"

#include <string>
#include <vector>

namespace synroute::infer {

using Rows = std::vector<model::Hop>;

/// Silent hops with answering hops behind them; hops that answered only some probes while
/// everything behind them answered all.
void silence(const Rows& rows, std::vector<model::Finding>& findings);
/// Several routers at one hop of a single connection.
void load_balancing(const Rows& rows, std::vector<model::Finding>& findings);
/// Time exceeded in the name of the target (Linux conntrack rewrites the source of ICMP errors that
/// pass a destination NAT).
void destination_nat(
    const Rows& rows, const IpAddress& target, std::vector<model::Finding>& findings);
/// Fields of the probe that quotes show changed, and between which hops.
void rewrites(const Rows& rows, std::vector<model::Finding>& findings);

/// Ids of the probes of a row.
[[nodiscard]] std::vector<ProbeId> evidence(const model::Hop& row);
/// "hop 3", "hops 3-5".
[[nodiscard]] std::string hops_text(Ttl first, Ttl last);

}  // namespace synroute::infer
