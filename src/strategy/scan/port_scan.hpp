// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/strategy.hpp"

#include <cstddef>
#include <memory>

namespace synroute::strategy {

/// What a port scan may do. The rate is the engine's (Settings::pacing).
struct ScanOptions {
  /// SYNs sent to a silent port after the first, before it is called filtered.
  int retries = 2;
  /// The same once the scan has seen that SYNs or answers get lost.
  int retries_when_lossy = 5;
  /// Longest wait for one answer; shortened to what the answers so far suggest.
  Duration wait_max = std::chrono::seconds{1};
  /// Find the hop where each port's packets end.
  bool where = false;
  /// The last so many ports are controls, which nobody would offer a service on. They are asked
  /// only when most others are open: if they are open too, something answers for the host.
  std::size_t controls = 0;
  /// No hop beyond this is asked about.
  int last_ttl = 30;
};

/// Finds the state of many ports of one host. Flow i of the engine goes to port i of its
/// Settings::target_ports.
[[nodiscard]] std::unique_ptr<engine::Strategy> port_scan(
    const ScanOptions& options, std::size_t port_count);

}  // namespace synroute::strategy
