// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/connection_route.hpp"

#include "os/network/route.hpp"

#include <optional>

namespace synroute::tracer {
namespace {

os::RouteRequest question(
    const TraceRequest& request, const model::Trace& head, const std::optional<IpAddress>& source) {
  const auto& name = request.source.interface;
  const auto interface = name.empty() ? std::nullopt : os::find_interface(name);
  return {
      .target = head.target.address,
      .source = source,
      .interface = interface ? std::optional{interface->index} : std::nullopt,
      .mark = request.source.mark,
      .tos = request.probe.tos,
      .tcp = os::TcpPorts{.source = head.source.port, .destination = head.target.port}};
}

}  // namespace

bool follow_connection(const TraceRequest& request, PlannedTrace& trace, bool keeps_address) {
  model::Trace& head = trace.settings.head;
  if (request.source.next_hop
      || !os::depends_on_connection(question(request, head, request.source.address))) {
    return false;
  }
  auto route = os::find_route(question(request, head, request.source.address));
  const bool moves = route && route->source != head.source.address;
  if (moves && keeps_address) {
    route = os::find_route(question(request, head, head.source.address));
  }
  if (route) {
    head.source.address = route->source;
    head.source.interface = route->interface_name;
    head.source.gateway = route->gateway;
  }
  return moves && !keeps_address;
}

}  // namespace synroute::tracer
