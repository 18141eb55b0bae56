// SPDX-License-Identifier: Apache-2.0
#include "api/trace.hpp"

#include "os/check.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "tracer/network/machine.hpp"
#include "tracer/network/simulated_network.hpp"
#include "tracer/privileges.hpp"
#include "tracer/run.hpp"

#include <utility>

namespace synroute::api {
namespace {

/// Keeps the head of the trace: that is what is known when the reader of the text goes away before
/// the trace is finished.
class HeadKeeper final : public seam::Presenter {
 public:
  explicit HeadKeeper(model::Trace& head) : head_{head} {}
  seam::Text on(const model::Event& event) override {
    if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
      head_ = started->head;
    }
    return {};
  }
  seam::Text advance(Instant /*now*/) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return true; }

 private:
  model::Trace& head_;
};

tracer::TraceRequest trace_request(const Request& request) {
  tracer::TraceRequest result;
  result.targets = {
      {.input = request.host,
       .host = request.host,
       .address = IpAddress::parse(request.host),
       .port = request.port}};
  result.family = request.family;
  result.method = request.method;
  result.probe.shape = request.shape;
  result.path = request.path;
  result.seed = request.seed;
  result.names = request.names ? tracer::HopNames::All : tracer::HopNames::None;
  result.report_packets = request.packets;
  return result;
}

std::expected<model::Trace, StartupError> run(Request request, tracer::Network& network) {
  model::Trace head;
  request.presenters.push_back(std::make_unique<HeadKeeper>(head));
  std::optional<StartupError> skipped;
  const auto outcome = tracer::run(
      {.request = trace_request(request),
       .strategy = std::move(request.strategy),
       .presenters = [&request] { return std::move(request.presenters); },
       .sink = std::move(request.sink),
       .skipped = [&skipped](const StartupError& error) { skipped = error; }},
      network);
  if (!outcome) {
    return std::unexpected{outcome.error()};
  }
  if (skipped) {
    return std::unexpected{std::move(*skipped)};
  }
  return outcome->traces.empty() ? std::move(head) : outcome->traces.front();
}

/// The scenario's own target where the request names none.
void complete(Request& request, const sim::Scenario& network) {
  if (request.host.empty() && !network.targets.empty()) {
    request.host = network.targets.front().name;
    request.port = network.targets.front().port;
  }
}

}  // namespace

std::expected<model::Trace, StartupError> trace(Request request) {
  try {
    tracer::Privileges privileges;
    if (request.method != SendMethod::Connect) {
      privileges.raw = tracer::open_raw_sockets();
    }
    tracer::Machine machine{std::move(privileges)};
    return run(std::move(request), machine);
  } catch (const os::SystemError& error) {
    return std::unexpected{StartupError{StartupErrorKind::System, error.what()}};
  }
}

std::expected<model::Trace, StartupError> trace_in(const sim::Scenario& network, Request request) {
  complete(request, network);
  tracer::SimulatedNetwork simulated{network};
  return run(std::move(request), simulated);
}

std::expected<model::Trace, StartupError> trace_in(std::string_view network, Request request) {
  const auto text = sim::named_scenario(network);
  const auto scenario = text ? sim::parse_scenario(*text) : std::unexpected{sim::ScenarioError{}};
  if (!scenario) {
    return std::unexpected{
        StartupError{StartupErrorKind::NoScenario, "there is no network " + std::string{network}}};
  }
  return trace_in(*scenario, std::move(request));
}

}  // namespace synroute::api
