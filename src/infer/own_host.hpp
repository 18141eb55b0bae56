// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.hpp"
#include "model/trace.hpp"

#include <vector>

/// What this host itself does to the connections it makes: it is the first part of their path.
namespace synroute::infer {

/// This host's NAT rules change addresses or ports of connections to the target. Certain: the
/// probes were seen leaving changed.
void find_own_nat(const model::Trace& trace, std::vector<model::Finding>& findings);
/// The same of a scan, whose ports may be translated in different ways.
void find_own_nat_of_ports(const model::Trace& trace, std::vector<model::Finding>& findings);

/// Rules of this host that set the TTL of the probes: rows do not show the path then.
void find_own_ttl(const model::Trace& trace, std::vector<model::Finding>& findings);

/// "; its reverse-path filter (rp_filter) dropped 3 packets meanwhile", or nothing. The kernel
/// counts the packets of all programs: a fact beside a drop, not the proof of its cause.
[[nodiscard]] std::string reverse_path_text(const model::Trace& trace);
/// The target answers, and this host drops every answer before its TCP gets it: connections time
/// out. Likely with one answer, certain with several.
void find_undelivered_answers(const model::Trace& trace, std::vector<model::Finding>& findings);
/// Whether that is so: some answers of the target were not delivered, and none was.
[[nodiscard]] bool drops_answers(const model::Trace& trace);
/// The ports of a scan whose answers this host dropped: likely.
void find_undelivered_ports(const model::Trace& trace, std::vector<model::Finding>& findings);

}  // namespace synroute::infer
