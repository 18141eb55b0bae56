// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_knowledge.hpp"

#include <algorithm>
#include <cstdint>

namespace synroute::strategy {
namespace {

/// A host that refuses this many probes and has sent none will send none.
constexpr std::uint64_t kRefusalsMax = 3;

}  // namespace

void PathKnowledge::add(const model::ProbeRecord& record) {
  rows_.add(record);
  if (record.reply() != nullptr) {
    rtts_.add(record);
    port_.add(record);
  }
}

void PathKnowledge::add(const engine::UnnamedAnswer& answer) {
  port_.heard_target = true;
  port_.heard_unnamed = port_.heard_unnamed || answer.flow == FlowId{0};
}

void PathKnowledge::relearn(const engine::Ledger& ledger) {
  rows_.relearn(ledger.records());
  rtts_ = {};
  port_ = {};
  for (const model::ProbeRecord& record : ledger.records()) {
    if (record.reply() != nullptr) {
      rtts_.add(record);
      port_.add(record);
    }
  }
}

Duration PathKnowledge::patience(const model::ProbeRecord& record) const {
  return record.probe.role == model::ProbeRole::Hop
             ? strategy::patience(options_.wait, rtts_, record.probe.ttl)
             : target_patience(options_.wait, rtts_, rows_.barrier().has_value());
}

bool host_refuses(const engine::Ledger& ledger) {
  return ledger.counters().refused >= kRefusalsMax
         && std::ranges::none_of(ledger.records(), [](const model::ProbeRecord& record) {
              return record.reply() != nullptr || record.is_lost();
            });
}

bool lacks_neighbour(const engine::Ledger& ledger) {
  return std::ranges::any_of(ledger.records(), [](const model::ProbeRecord& record) {
    return record.refusal() == model::Refusal::NoNeighbour;
  });
}

bool waits_for(model::ProbeRole role, const engine::Ledger& ledger) {
  return std::ranges::any_of(ledger.records(), [role](const model::ProbeRecord& record) {
    return record.probe.role == role && record.is_waiting();
  });
}

}  // namespace synroute::strategy
