// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/simulated_network.hpp"

#include "base/text.hpp"
#include "engine/weak_answers.hpp"
#include "sim/network/vantage.hpp"
#include "tracer/network/plan.hpp"
#include "tracer/request/validate.hpp"

#include <fmt/format.h>

#include <utility>

namespace synroute::tracer {
namespace {

class SimulatedRuntime final : public Runtime {
 public:
  SimulatedRuntime(
      const sim::Scenario& scenario,
      const TraceRequest& request,
      const PacketRecorder& recorder,
      std::shared_ptr<std::size_t> overflowed)
      : request_{request},
        overflowed_{std::move(overflowed)},
        vantage_{scenario, request.seed},
        tap_{recorder, vantage_.waiter()},
        tapped_{tap_.wrap(vantage_.transport())} {
    vantage_.transport().show_to(tap_.sink());
  }
  SimulatedRuntime(const SimulatedRuntime&) = delete;
  SimulatedRuntime& operator=(const SimulatedRuntime&) = delete;
  ~SimulatedRuntime() override { *overflowed_ += vantage_.world().overflowed(); }

  [[nodiscard]] seam::Transport& transport() override { return tapped_; }
  [[nodiscard]] seam::Waiter& waiter() override { return vantage_.waiter(); }
  [[nodiscard]] seam::Resolver* resolver() override {
    return request_.names != HopNames::None ? &vantage_.resolver() : nullptr;
  }
  /// No other program uses ports there, so none are reserved.
  [[nodiscard]] bool admit(PlannedTrace& trace) override {
    engine::Settings& settings = trace.settings;
    for (std::size_t i = 0; i < source_port_count(request_); ++i) {
      settings.source_ports.push_back(request_.source.port.value_or(next_port()));
    }
    settings.head.source.port = settings.source_ports.front();
    for (std::size_t i = 0; i < engine::WeakAnswers::kPorts; ++i) {
      settings.proof_ports.push_back(next_port());
    }
    return true;
  }

 private:
  Port next_port() { return sim::Vantage::source_port(ports_used_++ % kPorts); }

  /// Ports are used again when there are no others: targets tell answers apart.
  static constexpr std::size_t kPorts = 25'000;

  const TraceRequest& request_;
  std::shared_ptr<std::size_t> overflowed_;
  std::size_t ports_used_ = 0;
  sim::Vantage vantage_;
  PacketTap tap_;
  seam::Transport& tapped_;
};

std::expected<TargetRoute, StartupError> find_route(
    const sim::Scenario& scenario, const TargetRequest& target, std::optional<Family> wanted) {
  const std::vector<IpAddress> addresses =
      target.address ? std::vector{*target.address} : scenario.lookup(target.host);
  const auto route = sim::reach(scenario, addresses, wanted);
  if (!route) {
    const std::string name = sanitise(target.host);
    return std::unexpected{StartupError{
        StartupErrorKind::UnknownHost,
        addresses.empty() ? fmt::format("unknown host {} in this scenario", name)
                          : fmt::format("{} has no address of the requested family", name)}};
  }
  return TargetRoute{
      .target = route->target,
      .source = route->source,
      .interface = {},
      .mtu = route->mtu,
      .gateway = {}};
}

}  // namespace

PlanSource SimulatedNetwork::plan(const TraceRequest& request, const ErrorSink& skipped) {
  return plan_targets(
      request,
      request.seed.value_or(scenario_.seed),
      [this, &request](const TargetRequest& target) {
        return find_route(scenario_, target, wanted_family(request));
      },
      skipped);
}

std::unique_ptr<Runtime> SimulatedNetwork::open(
    const TraceRequest& request, const PlannedTrace& /*first*/, const PacketRecorder& recorder) {
  return std::make_unique<SimulatedRuntime>(scenario_, request, recorder, overflowed_);
}

std::vector<TargetRequest> targets_of(const sim::Scenario& scenario, std::optional<Port> port) {
  std::vector<TargetRequest> targets;
  targets.reserve(scenario.targets.size());
  for (const sim::ScenarioTarget& own : scenario.targets) {
    targets.push_back(
        {.input = own.name,
         .host = own.name,
         .address = IpAddress::parse(own.name),
         .port = port.value_or(own.port)});
  }
  return targets;
}

}  // namespace synroute::tracer
