// SPDX-License-Identifier: Apache-2.0
#include "cli/native/scan_job.hpp"

#include "base/random.hpp"
#include "cli/native/perform.hpp"
#include "cli/native/port_range.hpp"
#include "cli/native/scan_hosts.hpp"
#include "os/network/name_lookup.hpp"
#include "os/terminal.hpp"
#include "present/debug.hpp"
#include "present/scan/scan.hpp"
#include "present/scan/scan_machine.hpp"
#include "strategy/scan/port_scan.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace synroute::cli {
namespace {

constexpr double kScanRate = 200;  ///< SYNs per second and host
constexpr std::size_t kHostsAtOnce = 64;
/// Ports without a known service, probed to detect a box that answers for every port.
constexpr std::size_t kControls = 3;
constexpr std::uint16_t kFirstDynamicPort = 49152;  // RFC 6335 §6

std::vector<Port> with_controls(std::vector<Port> ports, Random random) {
  const auto taken = [&](Port port) { return std::ranges::count(ports, port) != 0; };
  for (std::size_t found = 0, tries = 0; found < kControls && tries < 100; ++tries) {
    const Port port{
        static_cast<std::uint16_t>(kFirstDynamicPort + random.below(65536U - kFirstDynamicPort))};
    if (!taken(port)) {
      ports.push_back(port);
      ++found;
    }
  }
  return ports;
}

strategy::ScanOptions strategy_options(const Request& request, std::size_t controls) {
  strategy::ScanOptions options;
  options.where = request.scan.where;
  options.last_ttl = request.trace.path.last_ttl;
  options.controls = controls;
  if (request.scan.retries) {
    options.retries = *request.scan.retries;
    options.retries_when_lossy = std::max(options.retries, options.retries_when_lossy);
  }
  return options;
}

std::unique_ptr<seam::Presenter> scan_presenter(
    const Request& request, const present::ServiceNames& services, std::size_t port_count) {
  if (request.format == Format::Json) {
    return std::make_unique<present::ScanDocument>([services](const model::Trace& trace) {
      return present::scan_to_json(trace, services) + "\n";
    });
  }
  if (request.format == Format::Csv) {
    return std::make_unique<present::ScanDocument>(
        [services](const model::Trace& trace) { return present::scan_to_csv(trace, services); });
  }
  const os::ColorEnvironment environment = os::color_environment();
  const bool terminal = os::is_terminal(STDOUT_FILENO);
  return std::make_unique<present::Scan>(present::ScanOptions{
      .services = services,
      .color = os::wants_color(request.color, terminal, environment),
      .progress =
          os::is_terminal(STDERR_FILENO) && !environment.dumb && !request.trace.report_packets,
      .port_count = static_cast<int>(port_count)});
}

tracer::PresenterMaker scan_presenters(const Request& request, std::size_t port_count) {
  return [request, port_count, services = os::service_names()] {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    if (request.trace.report_packets) {
      result.push_back(std::make_unique<present::Debug>());
    }
    result.push_back(scan_presenter(request, services, port_count));
    return result;
  };
}

/// What a scan changes in the request: one probe per port from one source port, at its own rate.
void adapt(tracer::TraceRequest& trace, double rate, std::vector<Port> ports) {
  trace.names = tracer::HopNames::None;
  trace.path.queries = 1;
  trace.pacing = Duration{static_cast<Duration::rep>(1e9 / rate)};
  // Every port may be probed again and again, and the search for its hop probes every TTL.
  trace.probes_max = ports.size() * 64 + 4096;
  trace.scan_ports = std::move(ports);
}

}  // namespace

Read<tracer::Job> scan_job(
    Request& request, Words operands, const tracer::Privileges& privileges, std::uint64_t seed) {
  if (operands.size() < 2) {
    return std::unexpected{
        "a scan takes hosts and a list of ports; usage: synroute scan HOST... PORTS (see --help)"};
  }
  auto ports = read_ports(operands.back(), os::service_port);
  if (!ports) {
    return std::unexpected{std::move(ports.error())};
  }
  auto hosts = read_hosts(operands.first(operands.size() - 1), request.scan.yes, os::service_port);
  if (!hosts) {
    return std::unexpected{std::move(hosts.error())};
  }
  if (auto fits = check_size(hosts->size(), ports->size(), request.scan.yes); !fits) {
    return std::unexpected{std::move(fits.error())};
  }
  const std::size_t count = ports->size();
  request.trace.targets = std::move(*hosts);
  request.trace.parallel = request.parallel.value_or(kHostsAtOnce);
  adapt(
      request.trace,
      request.rate.value_or(kScanRate),
      with_controls(std::move(*ports), Random{seed}));
  tracer::Job job = job_for(request, privileges);
  const std::size_t all = request.trace.scan_ports.size();
  job.strategy = [options = strategy_options(request, all - count), all](std::size_t) {
    return strategy::port_scan(options, all);
  };
  job.presenters = scan_presenters(request, count);
  job.heading = request.format == Format::Csv ? present::scan_csv_header() + "\n" : "";
  return job;
}

}  // namespace synroute::cli
