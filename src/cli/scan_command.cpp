// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "cli/command.hpp"
#include "cli/compose.hpp"
#include "cli/locate.hpp"
#include "cli/port_range.hpp"
#include "cli/prepare.hpp"
#include "cli/scan_hosts.hpp"
#include "cli/seed.hpp"
#include "cli/streams.hpp"
#include "os/confinement.hpp"
#include "os/name_lookup.hpp"
#include "os/terminal.hpp"
#include "present/debug.hpp"
#include "present/scan.hpp"
#include "present/scan_machine.hpp"
#include "strategy/port_scan.hpp"

#include <algorithm>

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

/// Turns what was prepared for a trace into a scan of these ports.
void aim(const Request& request, std::span<const Port> ports, engine::Settings& settings) {
  settings.target_ports.assign(ports.begin(), ports.end());
  settings.head.target.port = ports.front();
  settings.head.target.service.clear();
  settings.pacing = Duration{static_cast<Duration::rep>(1e9 / request.scan.rate)};
  // Every port may be asked again and again, and the search asks at every hop.
  settings.probes_max = ports.size() * 64 + 4096;
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

PresenterFactory scan_presenters(const Request& request, std::size_t port_count) {
  return [request, port_count, services = os::service_names()] {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    if (request.trace.debug) {
      result.push_back(std::make_unique<present::Debug>());
    }
    result.push_back(scan_presenter(request, services, port_count));
    return result;
  };
}

/// The last operand is the list of ports, all before it are hosts.
Read<std::vector<Port>> take_scan_operands(Request& request, Words operands) {
  if (operands.size() < 2) {
    return std::unexpected{
        "a scan takes hosts and a list of ports; usage: synroute scan HOST... PORTS (see --help)"};
  }
  auto ports = read_ports(operands.back(), os::service_port);
  if (!ports) {
    return ports;
  }
  auto hosts = read_hosts(operands.first(operands.size() - 1), request.scan.yes, os::service_port);
  if (!hosts) {
    return std::unexpected{std::move(hosts.error())};
  }
  if (auto fits = check_size(hosts->size(), ports->size(), request.scan.yes); !fits) {
    return std::unexpected{std::move(fits.error())};
  }
  request.trace.targets = std::move(*hosts);
  return ports;
}

}  // namespace

ExitCode run_scan(Invocation invocation) {
  Request& request = invocation.request;
  const auto ports = take_scan_operands(request, invocation.operands);
  if (!ports) {
    return complain(ExitCode::Usage, ports.error());
  }
  if (const auto checked = check(request.trace); !checked) {
    return complain(ExitCode::Usage, checked.error());
  }
  if (const auto rights = check_rights(invocation.equipment); !rights) {
    return complain(rights.error());
  }
  const std::uint64_t seed = seed_of(request.trace);
  const std::vector<Port> all = with_controls(*ports, Random{seed});
  request.trace.names = false;     // a scan shows no hops by name
  request.trace.path.queries = 1;  // and needs one source port
  Prepared prepared = prepare(
      request.trace, seed, [&](const TargetSpec& target) { return locate(request.trace, target); });
  for (engine::Settings& settings : prepared.traces) {
    aim(request, all, settings);
  }
  if (request.format == Format::Csv) {
    write_out(present::scan_csv_header() + "\n");
  }
  const auto options = scan_options(request, all.size() - ports->size());
  os::confine(os::Phase::Trace);
  const drive::Outcome outcome = trace(
      request.trace,
      invocation.equipment,
      std::move(prepared.traces),
      [&](const engine::Settings& settings) {
        return strategy::port_scan(options, settings.target_ports.size());
      },
      scan_presenters(request, ports->size()));
  return greatest(prepared.code, exit_code_of(outcome));
}

}  // namespace synroute::cli
