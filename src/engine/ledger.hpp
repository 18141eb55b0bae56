// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe_record.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synroute::engine {

/// One connection (5-tuple) probes belong to; source address and target are the engine's.
struct Flow {
  Port source_port;
  Port target_port;
  std::uint32_t label = 0;  ///< IPv6 flow label
};

/// Everything one engine has sent and heard. Read by strategies, written by the engine.
class Ledger {
 public:
  [[nodiscard]] std::span<const model::ProbeRecord> records() const { return records_; }
  [[nodiscard]] const model::ProbeRecord& record(ProbeId id) const { return records_[id.value()]; }
  [[nodiscard]] const Flow& flow(FlowId id) const { return flows_[id.value()]; }
  [[nodiscard]] std::size_t flow_count() const { return flows_.size(); }
  [[nodiscard]] std::size_t waiting_count() const { return waiting_; }

 private:
  friend class Engine;
  std::vector<model::ProbeRecord> records_;  ///< ProbeId is the index
  std::vector<Flow> flows_;                  ///< FlowId is the index
  std::size_t waiting_ = 0;
};

}  // namespace synroute::engine
