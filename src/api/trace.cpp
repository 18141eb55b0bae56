// SPDX-License-Identifier: Apache-2.0
#include "api/trace.hpp"

#include "api/run.hpp"
#include "enrich/dns_resolver.hpp"
#include "os/check.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/port_reservation.hpp"
#include "os/network/route.hpp"
#include "os/poll_waiter.hpp"
#include "os/random_seed.hpp"
#include "os/rights/rights.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

namespace synroute::api {
namespace {

std::unexpected<Failure> explain(const std::string& host, const os::LookupFailure& failure) {
  switch (failure.kind) {
    case os::LookupError::NotFound:
    case os::LookupError::NoAddressOfFamily:
    case os::LookupError::Temporary:
      return std::unexpected{Failure{FailureKind::UnknownHost, host + ": " + failure.text}};
    case os::LookupError::System: break;
  }
  return std::unexpected{Failure{FailureKind::System, host + ": " + failure.text}};
}

/// Of several addresses the first that has a route, in the order of RFC 6724.
std::expected<Place, Failure> locate(const Request& request) {
  const auto addresses = os::look_up(request.host, request.family);
  if (!addresses) {
    return explain(request.host, addresses.error());
  }
  Failure failure{FailureKind::NoRoute, "no way to " + request.host};
  for (const IpAddress& address : *addresses) {
    const auto route = os::find_route({.target = address});
    if (!route) {
      failure.message += ": " + std::string{os::describe(route.error().kind)};
      continue;
    }
    return Place{
        .target =
            {.input = request.host,
             .name = IpAddress::parse(request.host) ? "" : request.host,
             .address = address,
             .port = request.port,
             .service = os::service_name(request.port),
             .zone = address.is_link_local() ? route->interface_name : ""},
        .source = {.address = route->source, .port = {}, .interface = route->interface_name},
        .mtu = route->mtu};
  }
  return std::unexpected{std::move(failure)};
}

/// What of the machine outlasts a way to send: time and names.
model::Trace run_on(
    seam::Transport& transport,
    int descriptor,
    std::span<const Port> ports,
    Request request,
    const Place& place) {
  enrich::DnsResolver resolver;
  os::PollWaiter waiter;
  waiter.watch(descriptor);
  waiter.watch(resolver.descriptor());
  const std::uint64_t seed = request.seed ? *request.seed : os::random_seed();
  const Stage stage{
      .transport = transport, .waiter = waiter, .resolver = &resolver, .source_ports = ports};
  return run(std::move(request), place, seed, stage);
}

model::Trace run_by_connect(Request request, const Place& place) {
  transport::ConnectTransport transport{{.egress = {}, .patience = request.path.wait.max}};
  return run_on(transport, transport.descriptor(), {}, std::move(request), place);
}

model::Trace run_raw(Request request, const Place& place) {
  const os::PortReservation held{
      {.source = place.source.address,
       .egress = {},
       .ports = std::vector<Port>(strategy::useful_source_ports(request.path), Port{0})}};
  transport::RawTransport transport{
      {.source = place.source.address,
       .egress = {},
       .source_ports = held.ports(),
       .targets = {place.target.address}}};
  return run_on(transport, transport.descriptor(), held.ports(), std::move(request), place);
}

std::expected<model::Trace, Failure> trace_or_throw(Request request) {
  const bool raw = request.way != Way::Connect && os::raise_net_raw();
  if (request.way == Way::Raw && !raw) {
    return std::unexpected{
        Failure{FailureKind::NoRights, "no right to send raw packets: " + os::rights_hint()}};
  }
  const auto place = locate(request);
  if (!place) {
    return std::unexpected{place.error()};
  }
  return raw ? run_raw(std::move(request), *place) : run_by_connect(std::move(request), *place);
}

}  // namespace

std::expected<model::Trace, Failure> trace(Request request) {
  try {
    return trace_or_throw(std::move(request));
  } catch (const os::SystemError& error) {
    return std::unexpected{Failure{FailureKind::System, error.what()}};
  }
}

}  // namespace synroute::api
