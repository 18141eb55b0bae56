// SPDX-License-Identifier: Apache-2.0
#include "engine/overlap.hpp"

#include <algorithm>
#include <chrono>

namespace synroute::engine {

void mark_overlaps(
    std::span<model::ProbeRecord> records, Ttl distance, const std::set<FlowId>& unnamed) {
  for (model::ProbeRecord& record : records) {
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
    record.overlapped = unnamed.contains(probe.flow) || std::ranges::any_of(records, shadows);
  }
}

}  // namespace synroute::engine
