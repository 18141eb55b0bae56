// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/job.hpp"

#include "cli/streams.hpp"
#include "cli/tcptraceroute/route.hpp"
#include "present/tcptraceroute/tcptraceroute.hpp"
#include "strategy/classic/classic_path.hpp"
#include "tracer/request/probe_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace synroute::cli {
namespace {

tracer::ProbeOptions probe_options_of(const TcptracerouteArguments& arguments) {
  wire::TcpFlags flags;
  flags = arguments.syn || !arguments.ack ? flags | wire::TcpFlag::Syn : flags;
  flags = arguments.ack ? flags | wire::TcpFlag::Ack : flags;
  return {
      .flags = flags,
      .ecn_setup = arguments.ecn,
      .bare = !arguments.os_syn,
      .dont_fragment = arguments.dont_fragment,
      .tos = static_cast<std::uint8_t>(arguments.tos)};
}

/// The length that was asked for, at least that of the headers.
int raised_length(
    const TcptracerouteArguments& arguments,
    const tracer::ProbeOptions& probe,
    const tracer::TargetRoute& route) {
  const std::size_t least = tracer::probe_shape(probe, route)->length(route.target.family());
  if (arguments.length != 0 && arguments.length < least) {
    write_text(
        {.out = {}, .err = fmt::format("Warning: Increasing packet length to {} bytes\n", least)});
  }
  return static_cast<int>(std::max<std::uint64_t>(arguments.length, least));
}

tracer::TraceRequest request_of(
    const TcptracerouteArguments& arguments, tracer::TargetRoute route, bool raw) {
  tracer::TraceRequest request;
  request.method = raw ? tracer::SendMethod::Raw : tracer::SendMethod::Connect;
  request.source.interface = arguments.device == kAnyDevice ? "" : arguments.device;
  request.probe = probe_options_of(arguments);
  request.probe.length = raised_length(arguments, request.probe, route);
  if (arguments.length > route.mtu) {
    route.mtu = 0;  // unknown: no length is above it
  }
  request.targets = {
      {.input = arguments.host,
       .host = arguments.host,
       .address = route.target,
       .port = arguments.port,
       .route = std::move(route)}};
  request.path.first_ttl = static_cast<int>(arguments.first_ttl);
  request.path.last_ttl = static_cast<int>(arguments.last_ttl);
  request.path.queries = static_cast<int>(arguments.queries);
  request.path.wait.max = arguments.wait;
  // A row takes at most twice its probes: each may be sent again alone.
  const auto rows = arguments.last_ttl - arguments.first_ttl + 1;
  request.probes_max = 2 * rows * arguments.queries + arguments.queries;
  request.names = arguments.names;
  request.report_packets = arguments.debug;
  return request;
}

strategy::ClassicOptions strategy_options(const TcptracerouteArguments& arguments) {
  return {
      .first_ttl = static_cast<int>(arguments.first_ttl),
      .last_ttl = static_cast<int>(arguments.last_ttl),
      .queries = static_cast<int>(arguments.queries),
      .wait = arguments.wait,
      .sequential = arguments.sequential,
      .flow_per_probe = arguments.track_port};
}

present::TcptracerouteOptions output_options(const TcptracerouteArguments& arguments, bool raw) {
  return {
      .rows =
          {.names = arguments.names != tracer::HopNames::None,
           .private_names = arguments.names == tracer::HopNames::All,
           .dnat = arguments.dnat,
           .wait = arguments.wait,
           .any_icmp = arguments.any_icmp},
      .show_source_port = !arguments.track_port && raw,
      .one_by_one = arguments.sequential,
      .debug = arguments.debug};
}

}  // namespace

std::string_view raw_only_option(const TcptracerouteArguments& arguments) {
  if (arguments.ack) {
    return "-A";
  }
  if (arguments.ecn) {
    return "-E";
  }
  if (arguments.length != 0) {
    return "the packet length";
  }
  return arguments.local_port || arguments.take_port ? "-p" : "";
}

tracer::Job tcptraceroute_job(
    const TcptracerouteArguments& arguments, const tracer::TargetRoute& route, bool raw) {
  return {
      .request = request_of(arguments, route, raw),
      .strategy = [options = strategy_options(arguments)](
                      std::size_t) { return strategy::classic_path(options); },
      .presenters =
          [options = output_options(arguments, raw)] {
            std::vector<std::unique_ptr<seam::Presenter>> presenters;
            presenters.push_back(std::make_unique<present::Tcptraceroute>(options));
            return presenters;
          },
      .sink = write_text};
}

}  // namespace synroute::cli
