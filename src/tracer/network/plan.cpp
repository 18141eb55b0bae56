// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/plan.hpp"

#include "base/random.hpp"
#include "os/network/name_lookup.hpp"
#include "tracer/request/probe_shape.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace synroute::tracer {
namespace {

model::Target target_of(const TargetRequest& target, const TargetRoute& route) {
  return {
      .input = target.input,
      .name = target.address ? "" : target.host,
      .address = route.target,
      .port = target.port.value_or(kDefaultPort),
      .service = {},
      .zone = route.target.is_link_local() ? route.interface : ""};
}

model::Trace head_of(
    const TraceRequest& request, const TargetRequest& target, const TargetRoute& route) {
  model::Trace head;
  head.target = target_of(target, route);
  if (!request.scan_ports.empty()) {
    head.target.port = request.scan_ports.front();
  }
  head.source = {
      .address = route.source, .port = {}, .interface = route.interface, .gateway = route.gateway};
  head.first_ttl = request.path.first_ttl;
  head.last_ttl = request.path.last_ttl;
  head.queries = request.path.queries;
  head.wait = request.path.wait;
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
  settings.sees_departures = !target.route;  // else the caller has chosen the device
  settings.pacing = request.pacing;
  settings.report_packets = request.report_packets;
  settings.probes_max = request.probes_max.value_or(settings.probes_max);
  return settings;
}

class Planner {
 public:
  Planner(
      const TraceRequest& request, std::uint64_t seed, RouteFinder find_route, ErrorSink skipped)
      : request_{request},
        seeds_{seed},
        find_route_{std::move(find_route)},
        skipped_{std::move(skipped)} {}

  /// Nothing, and the caller is told why, when it cannot be traced.
  std::optional<PlannedTrace> plan(const TargetRequest& target) {
    const std::uint64_t own_seed = seeds_.next();
    const auto route = target.route ? std::expected<TargetRoute, StartupError>{*target.route}
                                    : find_route_(target);
    auto settings =
        route ? settings_of(request_, target, *route, own_seed) : std::unexpected{route.error()};
    if (!settings) {
      StartupError error = std::move(settings.error());
      error.target = target.input;
      skipped_(error);
      return std::nullopt;
    }
    if (request_.scan_ports.empty()) {
      settings->head.target.service = service_of(settings->head.target.port);
    }
    return PlannedTrace{.settings = std::move(*settings), .strategy = {}};
  }
  /// The next of the targets that the request reads.
  std::optional<PlannedTrace> next() {
    while (request_.more_targets) {
      const auto target = request_.more_targets();
      if (!target) {
        break;
      }
      if (auto trace = plan(*target)) {
        return trace;
      }
    }
    return std::nullopt;
  }

 private:
  /// The file of services is read once for each port and not for each target.
  const std::string& service_of(Port port) {
    const auto found = services_.find(port);
    return found != services_.end() ? found->second
                                    : services_.emplace(port, os::service_name(port)).first->second;
  }

  const TraceRequest& request_;
  std::map<Port, std::string> services_;  ///< those asked for
  Random seeds_;
  RouteFinder find_route_;
  ErrorSink skipped_;
};

}  // namespace

PlanSource plan_targets(
    const TraceRequest& request, std::uint64_t seed, RouteFinder find_route, ErrorSink skipped) {
  auto planner =
      std::make_shared<Planner>(request, seed, std::move(find_route), std::move(skipped));
  std::deque<PlannedTrace> named;
  for (const TargetRequest& target : request.targets) {
    if (auto trace = planner->plan(target)) {
      named.push_back(std::move(*trace));
    }
  }
  auto first = std::make_shared<std::deque<PlannedTrace>>(std::move(named));
  return [planner, first] {
    if (first->empty()) {
      return planner->next();
    }
    std::optional<PlannedTrace> trace{std::move(first->front())};
    first->pop_front();
    return trace;
  };
}

std::size_t source_port_count(const TraceRequest& request) {
  const bool one_by_one = request.method == SendMethod::Connect;
  return one_by_one || request.source.port ? 1 : strategy::useful_source_ports(request.path);
}

}  // namespace synroute::tracer
