// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/terminal.hpp"
#include "tracer/request/trace_request.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace synroute::cli {

/// Options of port scans.
struct ScanOptions {
  bool where = false;          ///< find the hop at which each port is stopped
  bool yes = false;            ///< scan large or public prefixes
  std::optional<int> retries;  ///< absent: the strategy's default
  bool operator==(const ScanOptions&) const = default;
};

enum class Format : std::uint8_t { Text, Json, Csv };

/// The options of a native command line.
struct Request {
  tracer::TraceRequest trace;
  std::optional<Port> port;  ///< -p: for targets that name none
  std::string targets;       ///< --targets: a file; "-": standard input; empty: none
  /// --rate: probes per second, for a scan to each host, else to all targets.
  std::optional<double> rate;
  std::optional<double> network_rate;   ///< --network-rate: to each /24 or /48
  std::optional<std::size_t> parallel;  ///< --parallel: traces or hosts at once
  bool in_order = false;                ///< --in-order
  std::string pcap;                     ///< --pcap; empty: nothing is recorded
  Format format = Format::Text;
  os::ColorWhen color = os::ColorWhen::Auto;
  ScanOptions scan;
  bool list = false;  ///< demo --list
  bool help = false;
  bool version = false;
};

}  // namespace synroute::cli
