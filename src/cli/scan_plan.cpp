// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_plan.hpp"

#include "base/random.hpp"
#include "cli/port_range.hpp"
#include "cli/scan_hosts.hpp"
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

/// Ports nobody offers a service on, asked when most others are open.
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

strategy::ScanOptions scan_options(const Request& request, std::size_t controls) {
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
      .progress = os::is_terminal(STDERR_FILENO) && !environment.dumb && !request.trace.debug,
      .port_count = static_cast<int>(port_count)});
}

}  // namespace

ScanPlan::ScanPlan(Request request, std::vector<Port> ports, std::uint64_t seed)
    : request_{std::move(request)},
      port_count_{ports.size()},
      ports_{with_controls(std::move(ports), Random{seed})} {}

Read<ScanPlan> ScanPlan::read(Request& request, Words operands, std::uint64_t seed) {
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
  request.trace.targets = std::move(*hosts);
  request.trace.names = false;     // a scan shows no hops by name
  request.trace.path.queries = 1;  // and needs one source port
  return ScanPlan{request, std::move(*ports), seed};
}

void ScanPlan::aim(std::span<engine::Settings> traces) const {
  for (engine::Settings& settings : traces) {
    settings.target_ports = ports_;
    settings.head.target.port = ports_.front();
    settings.head.target.service.clear();
    settings.pacing = Duration{static_cast<Duration::rep>(1e9 / request_.scan.rate)};
    // Every port may be asked again and again, and the search asks at every hop.
    settings.probes_max = ports_.size() * 64 + 4096;
  }
}

StrategyMaker ScanPlan::strategies() const {
  return [options = scan_options(request_, ports_.size() - port_count_)](
             const engine::Settings& settings) {
    return strategy::port_scan(options, settings.target_ports.size());
  };
}

PresenterFactory ScanPlan::presenters() const {
  return [request = request_, count = port_count_, services = os::service_names()] {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    if (request.trace.debug) {
      result.push_back(std::make_unique<present::Debug>());
    }
    result.push_back(scan_presenter(request, services, count));
    return result;
  };
}

std::string ScanPlan::heading() const {
  return request_.format == Format::Csv ? present::scan_csv_header() + "\n" : "";
}

}  // namespace synroute::cli
