// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"
#include "tracer/network/network.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace synroute::tracer {

/// The network of a scenario, in virtual time: needs no permission, no network and no real time.
class SimulatedNetwork final : public Network {
 public:
  /// The scenario must outlive it.
  explicit SimulatedNetwork(const sim::Scenario& scenario) : scenario_{scenario} {}

  [[nodiscard]] PlanSource plan(const TraceRequest& request, const ErrorSink& skipped) override;
  [[nodiscard]] std::unique_ptr<Runtime> open(
      const TraceRequest& request,
      const PlannedTrace& first,
      const PacketRecorder& recorder) override;
  /// Packets that the simulation dropped because sim::World::kPacketsMax were under way; known when
  /// its runtimes are gone.
  [[nodiscard]] std::size_t overflowed() const { return *overflowed_; }

 private:
  const sim::Scenario& scenario_;
  std::shared_ptr<std::size_t> overflowed_ = std::make_shared<std::size_t>(0);
};

/// The targets the scenario names, with this port instead of theirs when there is one.
[[nodiscard]] std::vector<TargetRequest> targets_of(
    const sim::Scenario& scenario, std::optional<Port> port = std::nullopt);

}  // namespace synroute::tracer
