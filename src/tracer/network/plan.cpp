// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/plan.hpp"

#include "base/random.hpp"
#include "os/network/name_lookup.hpp"
#include "tracer/request/probe_shape.hpp"

#include <utility>

namespace synroute::tracer {
namespace {

model::Target target_of(const TargetRequest& target, const TargetRoute& route) {
  const Port port = target.port.value_or(kDefaultPort);
  return {
      .input = target.input,
      .name = target.address ? "" : target.host,
      .address = route.target,
      .port = port,
      .service = os::service_name(port),
      .zone = route.target.is_link_local() ? route.interface : ""};
}

model::Trace head_of(
    const TraceRequest& request, const TargetRequest& target, const TargetRoute& route) {
  model::Trace head;
  head.target = target_of(target, route);
  if (!request.scan_ports.empty()) {
    head.target.port = request.scan_ports.front();
    head.target.service.clear();
  }
  head.source = {
      .address = route.source, .port = {}, .interface = route.interface, .gateway = route.gateway};
  head.first_ttl = request.path.first_ttl;
  head.last_ttl = request.path.last_ttl;
  head.queries = request.path.queries;
  return head;
}

std::expected<engine::Settings, StartupError> settings_of(
    const TraceRequest& request,
    const TargetRequest& target,
    const TargetRoute& route,
    std::uint64_t seed) {
  auto shape = probe_shape(request.probe, route);
  if (!shape) {
    return std::unexpected{
        StartupError{StartupErrorKind::InvalidRequest, std::move(shape.error())}};
  }
  engine::Settings settings;
  settings.head = head_of(request, target, route);
  settings.head.packet_length = shape->length(route.target.family());
  settings.shape = std::move(*shape);
  settings.target_ports = request.scan_ports;
  settings.seed = seed;
  settings.pacing = request.pacing;
  settings.report_packets = request.report_packets;
  settings.probes_max = request.probes_max.value_or(settings.probes_max);
  return settings;
}

}  // namespace

std::vector<PlannedTrace> plan_targets(
    const TraceRequest& request,
    std::uint64_t seed,
    const RouteFinder& find_route,
    const ErrorSink& skipped) {
  std::vector<PlannedTrace> traces;
  Random seeds{seed};
  for (const TargetRequest& target : request.targets) {
    const std::uint64_t own_seed = seeds.next();
    const auto route =
        target.route ? std::expected<TargetRoute, StartupError>{*target.route} : find_route(target);
    auto settings =
        route ? settings_of(request, target, *route, own_seed) : std::unexpected{route.error()};
    if (settings) {
      traces.push_back({.settings = std::move(*settings), .strategy = {}});
    } else {
      skipped(settings.error());
    }
  }
  return traces;
}

std::size_t source_port_count(const TraceRequest& request) {
  const bool one_by_one = request.method == SendMethod::Connect;
  return one_by_one || request.source.port ? 1 : strategy::useful_source_ports(request.path);
}

}  // namespace synroute::tracer
