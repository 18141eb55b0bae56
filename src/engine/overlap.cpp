// SPDX-License-Identifier: Apache-2.0
#include "engine/overlap.hpp"

#include <algorithm>
#include <chrono>

namespace synroute::engine {

void mark_overlaps(Ledger& ledger, Ttl distance, const std::set<FlowId>& unnamed) {
  for (const model::ProbeRecord& record : ledger.records()) {
    const model::Probe& probe = record.probe;
    if (record.reply() != nullptr || probe.ttl < distance || probe.role != model::ProbeRole::Hop) {
      continue;
    }
    const auto shadows = [&probe](const model::ProbeRecord& other) {
      const model::Reply* reply = other.reply();
      return other.probe.flow == probe.flow && reply != nullptr && reply->is_tcp()
             && reply->kind != model::ReplyKind::Rst
             && std::chrono::abs(other.probe.sent - probe.sent) < reply->rtt;
    };
    const bool overlaps =
        unnamed.contains(probe.flow) || std::ranges::any_of(ledger.records(), shadows);
    ledger.set_overlapped(probe.id, overlaps);
  }
}

}  // namespace synroute::engine
