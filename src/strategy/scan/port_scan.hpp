// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/strategy.hpp"
#include "model/limits.hpp"

#include <cstddef>
#include <memory>

namespace synroute::strategy {

/// What a port scan may do. The rate is the engine's (Settings::pacing).
struct ScanOptions {
  /// SYNs sent to a silent port after the first, before it is called filtered.
  int retries = 2;
  /// The same once the scan has noticed loss.
  int retries_when_lossy = 5;
  /// Upper limit of the wait for one answer; the slowest answer so far shortens it. An answer that
  /// comes later still, before the scan ends, lengthens it.
  Duration wait_max = std::chrono::seconds{1};
  /// Find the hop where each port's packets end.
  bool where = false;
  /// This many of the last ports are controls, on which no service is expected. They are asked only
  /// when most others are open: if they are open too, a middlebox answers for the host.
  std::size_t controls = 0;
  /// The largest TTL used to find a hop.
  int last_ttl = model::kDefaultLastTtl;
};

/// Finds the state of many ports of one host. Flow i of the engine goes to port i of its
/// Settings::target_ports.
[[nodiscard]] std::unique_ptr<engine::Strategy> port_scan(
    const ScanOptions& options, std::size_t port_count);

}  // namespace synroute::strategy
