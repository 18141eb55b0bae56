// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/strategy.hpp"
#include "model/limits.hpp"

#include <memory>

namespace synroute::strategy {

/// What a trace by the rules of tcptraceroute may do.
struct ClassicOptions {
  int first_ttl = 1;
  int last_ttl = model::kDefaultLastTtl;
  int queries = 3;
  /// The longest a probe is waited for.
  Duration wait = std::chrono::seconds{3};
  /// One probe at a time: the next is sent when it is answered or given up.
  bool sequential = false;
  /// Every probe on a connection of its own; the engine must have flows for that.
  bool flow_per_probe = false;
};

/// The rows of tcptraceroute: `queries` probes at every TTL up to the first one at which a probe
/// got a TCP answer of the target or an ICMP unreachable of any host. All probes belong to flow 0,
/// and none has a TTL far beyond the target's distance.
///
/// The probes overlap: one at every TTL up to some way ahead of the farthest answer; the others of
/// a row as soon as a probe with that or a larger TTL has been answered, or after a second of
/// silence. Each probe of a row that is shown is waited for as long as `wait`, as the user was
/// told; since they overlap, a silent row takes that long and not `queries` times as long.
[[nodiscard]] std::unique_ptr<engine::Strategy> classic_path(const ClassicOptions& options);

}  // namespace synroute::strategy
