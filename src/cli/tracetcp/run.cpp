// SPDX-License-Identifier: Apache-2.0
#include "cli/tracetcp/run.hpp"

#include "cli/connect_notice.hpp"
#include "cli/own_host_warning.hpp"
#include "cli/streams.hpp"
#include "cli/tracetcp/arguments.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/neighbour.hpp"
#include "os/network/route.hpp"
#include "os/rights/rights.hpp"
#include "present/tracetcp/tracetcp.hpp"
#include "tracer/network/machine.hpp"
#include "tracer/network/resolve.hpp"
#include "tracer/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::cli {
namespace {

constexpr std::string_view kHostNotFound = "InetAddress::hostToAddr: Host not found\n";
/// Least time between probes, so that firewalls do not take them for a flood; -F turns it off.
constexpr Duration kAntiFloodPause = std::chrono::milliseconds{2};
/// Ports planned at once: bounds the memory of a range of 65,536.
constexpr std::uint32_t kPortsAtOnce = 64;

int say(const EarlyExit& end) {
  write_text({.out = end.out, .err = end.err});
  return end.status;
}

tracer::TraceRequest request_of(const TracetcpArguments& arguments) {
  tracer::TraceRequest request;
  request.names = arguments.names ? tracer::HopNames::All : tracer::HopNames::None;
  request.probe.dont_fragment = true;
  request.path.first_ttl = arguments.first_ttl;
  request.path.last_ttl = std::min(arguments.first_ttl + arguments.hops - 1, 255);
  request.path.queries = arguments.probes;
  request.path.gap_limit = 255;
  request.path.direct = false;
  request.path.announce_silence = true;
  request.path.wait = model::wait_always(std::chrono::milliseconds{arguments.timeout_ms});
  if (!arguments.hurry) {
    request.pacing = kAntiFloodPause;
  }
  return request;
}

/// The ports of the command line; none for a range that runs downwards.
std::vector<Port> ports_of(const TracetcpArguments& arguments) {
  if (!arguments.range) {
    return {arguments.port};
  }
  std::vector<Port> ports;
  for (std::uint32_t port = arguments.range_first; port <= arguments.range_last; ++port) {
    ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

tracer::PresenterMaker presenters_of(const TracetcpArguments& arguments) {
  return [options = present::TracetcpOptions{
              .condensed = arguments.condensed, .names = arguments.names, .hops = arguments.hops}] {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    result.push_back(std::make_unique<present::Tracetcp>(options));
    return result;
  };
}

/// The route through a gateway, or why there is none. A target on a link of this host is reached
/// directly.
std::expected<tracer::TargetRoute, std::string> route_through(
    const std::string& gateway, const tracer::TargetRoute& direct, tracer::SourceOptions& source) {
  constexpr Duration kPatience = std::chrono::seconds{2};
  if (!direct.gateway) {
    return direct;
  }
  const auto addresses = os::look_up(gateway, direct.target.family());
  if (!addresses) {
    return std::unexpected{std::string{kHostNotFound}};
  }
  const auto route = os::find_route({.target = addresses->front()});
  if (route && !route->gateway && !route->local) {
    source.next_hop = os::find_neighbour(addresses->front(), route->interface, kPatience);
  }
  if (!source.next_hop) {
    return std::unexpected{"ARP::whoHas: no response\n"};
  }
  return tracer::TargetRoute{
      .target = direct.target,
      .source = route->source,
      .interface = route->interface_name,
      .mtu = route->mtu,
      .gateway = addresses->front()};
}

/// Looks up the target, and the gateway if there is one.
std::expected<tracer::TargetRoute, std::string> find_route(
    const TracetcpArguments& arguments,
    const tracer::TargetRequest& host,
    tracer::TraceRequest& request) {
  auto route = tracer::resolve_target(request, host);
  if (!route) {
    using Kind = tracer::StartupErrorKind;
    const Kind kind = route.error().kind;
    const bool unknown = kind == Kind::UnknownHost || kind == Kind::InvalidRequest;
    return std::unexpected{unknown ? std::string{kHostNotFound} : route.error().message + "\n"};
  }
  return arguments.gateway.empty() ? std::expected<tracer::TargetRoute, std::string>{*route}
                                   : route_through(arguments.gateway, *route, request.source);
}

/// Traces to all ports, in parts; stops when interrupted.
void trace_ports(
    tracer::Job& job,
    const tracer::TargetRequest& host,
    std::span<const Port> ports,
    const tracer::Privileges& privileges) {
  tracer::Machine machine{privileges};
  bool goes_on = true;
  while (!ports.empty() && goes_on) {
    const auto part = ports.first(std::min<std::size_t>(ports.size(), kPortsAtOnce));
    ports = ports.subspan(part.size());
    job.request.targets.assign(part.size(), host);
    for (std::size_t i = 0; i < part.size(); ++i) {
      job.request.targets[i].port = part[i];
    }
    const auto outcome = tracer::run(job, machine);
    if (!outcome) {
      write_text({.out = {}, .err = outcome.error().message + "\n"});
    } else {
      write_text({.out = {}, .err = own_host_warning(*outcome)});
    }
    goes_on = outcome && !outcome->interrupted && !outcome->reader_gone;
  }
}

}  // namespace

int run_tracetcp(std::string_view, Words words, const tracer::Privileges& privileges) {
  const auto arguments = read_tracetcp(words, os::service_port);
  if (!arguments) {
    return say(arguments.error());
  }
  tracer::Job job{
      .request = request_of(*arguments),
      .presenters = presenters_of(*arguments),
      .sink = write_text};
  if (!privileges.raw && !arguments->gateway.empty()) {
    write_text({.out = {}, .err = "-g requires raw packets; " + os::rights_hint() + "\n"});
    return 0;
  }
  job.request.method = privileges.raw ? tracer::SendMethod::Raw : tracer::SendMethod::Connect;
  if (!privileges.raw) {
    write_text({.out = {}, .err = connect_notice() + "\n"});
  }
  tracer::TargetRequest host{
      .input = arguments->host,
      .host = arguments->host,
      .address = IpAddress::parse(arguments->host)};
  const std::vector<Port> ports = ports_of(*arguments);
  host.port = ports.empty() ? arguments->port : ports.front();
  auto route = find_route(*arguments, host, job.request);
  if (!route) {
    write_text({.out = {}, .err = route.error()});
    return 0;
  }
  host.route = std::move(*route);
  trace_ports(job, host, ports, privileges);
  return 0;
}

}  // namespace synroute::cli
