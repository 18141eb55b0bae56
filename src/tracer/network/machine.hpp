// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/network/network.hpp"
#include "tracer/network/source_ports.hpp"
#include "tracer/privileges.hpp"

#include <memory>
#include <optional>

namespace synroute::tracer {

/// The network of this host.
class Machine final : public Network {
 public:
  explicit Machine(Privileges privileges);

  /// Uses these source ports instead of reserving some, for the one trace that comes next.
  void use(SourcePorts ports) { ports_.emplace(std::move(ports)); }

  [[nodiscard]] std::expected<void, StartupError> choose_method(
      TraceRequest& request, const std::function<void()>& fell_back) override;
  [[nodiscard]] PlanSource plan(const TraceRequest& request, const ErrorSink& skipped) override;
  void begin(const TraceRequest& request) override;
  [[nodiscard]] std::size_t concurrent_max(const TraceRequest& request) const override;
  [[nodiscard]] std::unique_ptr<Runtime> open(
      const TraceRequest& request,
      const PlannedTrace& first,
      const PacketRecorder& recorder) override;

 private:
  Privileges privileges_;
  std::size_t descriptors_;  ///< that this process may have
  std::optional<SourcePorts> ports_;
  bool begun_ = false;
};

}  // namespace synroute::tracer
