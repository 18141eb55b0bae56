// SPDX-License-Identifier: Apache-2.0
#include "api/run.hpp"
#include "api/trace.hpp"
#include "sim/network/vantage.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"

namespace synroute::api {
namespace {

/// The target the scenario names, where the request names none.
void complete(Request& request, const sim::Scenario& network) {
  if (request.host.empty() && !network.targets.empty()) {
    request.host = network.targets.front().name;
    request.port = network.targets.front().port;
  }
}

std::expected<Place, Failure> locate(const sim::Scenario& network, const Request& request) {
  const auto literal = IpAddress::parse(request.host);
  const std::vector<IpAddress> addresses =
      literal ? std::vector{*literal} : network.lookup(request.host);
  if (const auto way = sim::reach(network, addresses, request.family)) {
    return Place{
        .target =
            {.input = request.host,
             .name = literal ? "" : request.host,
             .address = way->target,
             .port = request.port,
             .service = {},
             .zone = {}},
        .source = {.address = way->source, .port = {}, .interface = {}},
        .mtu = way->mtu};
  }
  return std::unexpected{
      Failure{FailureKind::UnknownHost, request.host + " is nobody in this network"}};
}

std::vector<Port> source_ports(std::size_t count) {
  std::vector<Port> ports;
  while (ports.size() < count) {
    ports.push_back(sim::Vantage::source_port(ports.size()));
  }
  return ports;
}

}  // namespace

std::expected<model::Trace, Failure> trace_in(const sim::Scenario& network, Request request) {
  complete(request, network);
  const auto place = locate(network, request);
  if (!place) {
    return std::unexpected{place.error()};
  }
  sim::Vantage vantage{network, request.seed};
  const std::vector<Port> ports = source_ports(strategy::useful_source_ports(request.path));
  const std::uint64_t seed = request.seed.value_or(network.seed);
  return run(
      std::move(request),
      *place,
      seed,
      {.transport = vantage.transport(),
       .waiter = vantage.waiter(),
       .resolver = &vantage.resolver(),
       .source_ports = ports});
}

std::expected<model::Trace, Failure> trace_in(std::string_view network, Request request) {
  const auto text = sim::named_scenario(network);
  const auto scenario = text ? sim::parse_scenario(*text) : std::unexpected{sim::ScenarioError{}};
  if (!scenario) {
    return std::unexpected{
        Failure{FailureKind::NoScenario, "there is no network " + std::string{network}}};
  }
  return trace_in(*scenario, std::move(request));
}

}  // namespace synroute::api
