// SPDX-License-Identifier: Apache-2.0
#include "cli/tracetcp_command.hpp"

#include "cli/compose.hpp"
#include "cli/locate.hpp"
#include "cli/prepare.hpp"
#include "cli/seed.hpp"
#include "cli/streams.hpp"
#include "cli/tracetcp_arguments.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/neighbour.hpp"
#include "os/network/route.hpp"
#include "os/rights/confinement.hpp"
#include "os/rights/rights.hpp"
#include "present/tracetcp/tracetcp.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::cli {
namespace {

constexpr std::string_view kHostNotFound = "InetAddress::hostToAddr: Host not found\n";
/// The pause that keeps probes from being taken for a flood; -F takes it away.
constexpr Duration kPolitePause = std::chrono::milliseconds{2};
/// Ports traced in one go: each is one more name for the same host, so it is looked up once a
/// batch.
constexpr std::uint32_t kPortsAtOnce = 64;

int say(const TracetcpEnd& end) {
  write_text({.out = end.out, .err = end.err});
  return end.status;
}

TraceRequest request_of(const TracetcpArguments& arguments) {
  TraceRequest request;
  request.names = arguments.names;
  request.look.dont_fragment = true;
  request.path.first_ttl = arguments.first_ttl;
  request.path.last_ttl = std::min(arguments.first_ttl + arguments.hops - 1, 255);
  request.path.queries = arguments.probes;
  request.path.gap_limit = 255;
  request.path.direct = false;
  request.path.announce_silence = true;
  request.path.wait.max = std::chrono::milliseconds{arguments.timeout_ms};
  request.path.wait.silence = request.path.wait.max;
  if (!arguments.hurry) {
    request.pacing = kPolitePause;
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

PresenterFactory presenters_of(const TracetcpArguments& arguments) {
  return [options = present::TracetcpOptions{
              .condensed = arguments.condensed, .names = arguments.names, .hops = arguments.hops}] {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    result.push_back(std::make_unique<present::Tracetcp>(options));
    return result;
  };
}

/// Traces to some ports of one place; true while the next may follow.
bool trace_ports(
    const TraceRequest& request,
    const Equipment& equipment,
    const TargetSpec& host,
    const Place& place,
    std::span<const Port> ports,
    const PresenterFactory& presenters) {
  std::vector<engine::Settings> traces;
  Random seeds{seed_of(request)};
  for (const Port port : ports) {
    TargetSpec target = host;
    target.port = port;
    auto settings = settings_of(request, target, place, seeds.next());
    if (!settings) {
      write_text({.out = {}, .err = settings.error().message + "\n"});
      return false;
    }
    traces.push_back(std::move(*settings));
  }
  const drive::Outcome outcome =
      trace(request, equipment, std::move(traces), path_strategy(request.path), presenters);
  return !outcome.interrupted && !outcome.reader_gone;
}

/// Where to trace from when a gateway is to be gone through, or what is in the way of that. A
/// target on a link of this host needs none.
std::expected<Place, std::string> steer(
    const Place& place, const std::string& gateway, WayOut& way_out) {
  constexpr Duration kPatience = std::chrono::seconds{2};
  const auto direct = os::find_route({.target = place.target});
  if (direct && !direct->gateway) {
    return place;
  }
  const auto addresses = os::look_up(gateway, place.target.family());
  if (!addresses) {
    return std::unexpected{std::string{kHostNotFound}};
  }
  const auto route = os::find_route({.target = addresses->front()});
  if (route && !route->gateway && !route->local) {
    way_out.next_hop = os::find_neighbour(addresses->front(), route->interface, kPatience);
  }
  if (!way_out.next_hop) {
    return std::unexpected{"ARP::whoHas: no response\n"};
  }
  return Place{
      .target = place.target,
      .source = route->source,
      .interface = route->interface_name,
      .mtu = route->mtu};
}

/// Everything that is looked up before the first probe.
std::expected<Place, std::string> find_place(
    const TracetcpArguments& arguments, const TargetSpec& host, TraceRequest& request) {
  auto place = locate(request, host);
  if (!place) {
    const bool unknown = place.error().code == ExitCode::Usage;
    return std::unexpected{unknown ? std::string{kHostNotFound} : place.error().message + "\n"};
  }
  if (arguments.gateway.empty()) {
    return *std::move(place);
  }
  return steer(*place, arguments.gateway, request.way_out);
}

}  // namespace

int run_tracetcp(std::string_view, Words words, const Equipment& equipment) {
  const auto arguments = read_tracetcp(words, os::service_port);
  if (!arguments) {
    return say(arguments.error());
  }
  TraceRequest request = request_of(*arguments);
  if (!equipment.raw && !arguments->gateway.empty()) {
    write_text({.out = {}, .err = "-g needs raw packets; " + os::rights_hint() + "\n"});
    return 0;
  }
  request.method = equipment.raw ? SendMethod::Raw : SendMethod::Connect;
  if (!equipment.raw) {
    write_text({.out = {}, .err = connect_notice(ConnectFlows::Many) + "\n"});
  }
  TargetSpec host;
  host.input = host.host = arguments->host;
  host.address = IpAddress::parse(arguments->host);
  const auto place = find_place(*arguments, host, request);
  if (!place) {
    write_text({.out = {}, .err = place.error()});
    return 0;
  }
  const std::vector<Port> ports = ports_of(*arguments);
  const PresenterFactory presenters = presenters_of(*arguments);
  os::confine(os::Phase::Trace);
  for (std::span<const Port> rest{ports}; !rest.empty();) {
    const auto batch = rest.first(std::min<std::size_t>(rest.size(), kPortsAtOnce));
    rest = rest.subspan(batch.size());
    if (!trace_ports(request, equipment, host, *place, batch, presenters)) {
      break;
    }
  }
  return 0;
}

}  // namespace synroute::cli
