// SPDX-License-Identifier: Apache-2.0
#include "transport/handovers.hpp"

#include <expected>

namespace synroute::transport {
namespace {

// A scan of all ports from several source ports; about 100 bytes each.
constexpr std::size_t kKnownMax = 65'536;

Handover handover_by(const os::Route& route) {
  if (route.gateway) {
    return {
        .kind = Handover::Kind::Gateway, .interface = route.interface, .gateway = route.gateway};
  }
  // An IPv6 socket refuses to send to a neighbour that its own look-up leads elsewhere.
  return route.source.family() == Family::V4
             ? Handover{.kind = Handover::Kind::Link, .interface = route.interface, .gateway = {}}
             : Handover{};
}

}  // namespace

os::RouteRequest Handovers::request_for(const IpAddress& target) const {
  return {
      .target = target,
      .source = {},
      .interface = options_.interface,
      .mark = options_.mark,
      .tcp = {}};
}

bool Handovers::matters_for(const IpAddress& target) {
  const auto known = matters_.find(target);
  if (known != matters_.end()) {
    return known->second;
  }
  const bool matters = os::depends_on_connection(request_for(target));
  matters_.emplace(target, matters);
  return matters;
}

Handover Handovers::of(const wire::Datagram& probe) {
  if (!matters_for(probe.ip.destination)) {
    return {};
  }
  const wire::TcpHeader& tcp = probe.tcp()->header;
  const Connection connection{
      .target = probe.ip.destination,
      .source_port = tcp.source_port,
      .target_port = tcp.destination_port};
  if (const auto known = known_.find(connection); known != known_.end()) {
    return known->second;
  }
  if (known_.size() >= kKnownMax) {
    known_.clear();
  }
  return known_.emplace(connection, find(connection)).first->second;
}

/// Asked without a source first: given one, IPv6 takes another of several next hops than the
/// connection does (measured with both hash policies).
Handover Handovers::find(const Connection& connection) const {
  os::RouteRequest request = request_for(connection.target);
  request.tcp = {.source = connection.source_port, .destination = connection.target_port};
  auto route = os::find_route(request);
  if (!route || route->source != options_.source) {
    request.source = options_.source;
    route = os::find_route(request);
  }
  return route && !route->local ? handover_by(*route) : Handover{};
}

}  // namespace synroute::transport
