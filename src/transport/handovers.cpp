// SPDX-License-Identifier: Apache-2.0
#include "transport/handovers.hpp"

#include <expected>

namespace synroute::transport {
namespace {

// A scan of all ports from several source ports; about 100 bytes each.
constexpr std::size_t kKnownMax = 65'536;

Handover refused(model::Refusal refusal) {
  return {.kind = Handover::Kind::Refused, .interface = 0, .gateway = {}, .refusal = refusal};
}

model::Refusal refusal_of(os::NoRoute why) {
  switch (why) {
    case os::NoRoute::Blackhole: return model::Refusal::Blackhole;
    case os::NoRoute::InterfaceDown: return model::Refusal::InterfaceDown;
    case os::NoRoute::NotOurSource: return model::Refusal::AddressGone;
    case os::NoRoute::Prohibited: return model::Refusal::Prohibited;
    case os::NoRoute::NetworkUnreachable:
    case os::NoRoute::HostUnreachable: return model::Refusal::NoRoute;
    case os::NoRoute::Other: break;
  }
  return model::Refusal::Other;
}

}  // namespace

/// The kernel looks for the gateway where its own look-up leads: one that only the route itself
/// calls a neighbour (onlink) is not found there.
Handover Handovers::through(const os::Route& route) const {
  if (route.gateway && route.gateway->family() != route.source.family()) {
    return {};  // RFC 5549: an IPv4 socket cannot be told of an IPv6 gateway
  }
  if (route.gateway) {
    os::RouteRequest request = request_for(*route.gateway);
    request.interface = route.interface;
    return os::has_route(request) ? Handover{.kind = Handover::Kind::Gateway,
                                             .interface = route.interface,
                                             .gateway = route.gateway}
                                  : refused(model::Refusal::RawCannot);
  }
  // An IPv6 socket refuses to send to a neighbour that its own look-up leads elsewhere.
  return route.source.family() == Family::V4
             ? Handover{.kind = Handover::Kind::Link, .interface = route.interface, .gateway = {}}
             : Handover{};
}

os::RouteRequest Handovers::request_for(const IpAddress& target) const {
  return {
      .target = target,
      .source = {},
      .interface = options_.interface,
      .mark = options_.mark,
      .tos = 0,
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
  // A raw socket's look-up does not see the TOS in our header either.
  const bool has_tos = (probe.ip.tos & os::kTosOfRoutes) != 0;
  if (!has_tos && !matters_for(probe.ip.destination)) {
    return {};
  }
  const wire::TcpHeader& tcp = probe.tcp()->header;
  const Connection connection{
      .target = probe.ip.destination,
      .source_port = tcp.source_port,
      .target_port = tcp.destination_port,
      .tos = probe.ip.tos};
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
  request.tos = connection.tos;
  request.tcp = {.source = connection.source_port, .destination = connection.target_port};
  auto route = os::find_route(request);
  if (!route || route->source != options_.source) {
    request.source = options_.source;
    route = os::find_route(request);
  }
  if (!route) {
    return refused(refusal_of(route.error().kind));
  }
  return route->local ? Handover{} : through(*route);
}

}  // namespace synroute::transport
