// SPDX-License-Identifier: Apache-2.0
#include "api/run.hpp"
#include "api/trace.hpp"
#include "sim/attachment.hpp"
#include "sim/builtin.hpp"
#include "sim/resolver.hpp"
#include "sim/scenario.hpp"

namespace synroute::api {
namespace {

/// First of the source ports: nobody else uses any, so they need not come from a kernel.
constexpr std::uint16_t kFirstSourcePort = 40001;

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
  for (const IpAddress& address : addresses) {
    const Family family = address.family();
    const auto source = network.prober_address(family);
    if (source && request.family.value_or(family) == family) {
      return Place{
          .target =
              {.input = request.host,
               .name = literal ? "" : request.host,
               .address = address,
               .port = request.port,
               .service = {},
               .zone = {}},
          .source = {.address = *source, .port = {}, .interface = {}}};
    }
  }
  return std::unexpected{
      Failure{FailureKind::UnknownHost, request.host + " is nobody in this network"}};
}

std::vector<Port> source_ports(std::size_t count) {
  std::vector<Port> ports;
  for (std::uint16_t next = kFirstSourcePort; ports.size() < count; ++next) {
    ports.emplace_back(next);
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
  const auto world = sim::build(network, {.seed = request.seed});
  sim::Attachment transport{*world};
  sim::VirtualWaiter waiter{*world};
  sim::ScenarioResolver resolver{*world, network.names, network.name_delay};
  const std::vector<Port> ports = source_ports(source_port_count(request));
  const std::uint64_t seed = request.seed.value_or(network.seed);
  return run(
      std::move(request),
      *place,
      seed,
      {.transport = transport, .waiter = waiter, .resolver = &resolver, .source_ports = ports});
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
