// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/counters.hpp"
#include "replay/recorded_trace.hpp"
#include "replay/replay_cursor.hpp"
#include "tracer/network/network.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace synroute::tracer {

/// The traces found in a capture, one after the other: probes are taken as sent when they were, and
/// answers arrive as they did. Of a request only `names` counts.
class ReplayedCapture final : public Network {
 public:
  /// Fills in what a capture does not contain: the name the user gave, the service.
  using NameTarget = std::function<void(model::Target& target)>;

  /// `counters`: what of the capture could not be used.
  ReplayedCapture(
      std::vector<replay::RecordedTrace> traces,
      const model::Counters& counters,
      NameTarget name_target);

  [[nodiscard]] PlanSource plan(const TraceRequest& request, const ErrorSink& skipped) override;
  [[nodiscard]] std::size_t concurrent_max(const TraceRequest& /*request*/) const override {
    return 1;
  }
  [[nodiscard]] std::unique_ptr<Runtime> open(
      const TraceRequest& request,
      const PlannedTrace& first,
      const PacketRecorder& recorder) override;

 private:
  std::vector<std::shared_ptr<replay::ReplayCursor>> cursors_;
  model::Counters counters_;
  NameTarget name_target_;
};

}  // namespace synroute::tracer
