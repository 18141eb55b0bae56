// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <cstddef>

namespace synroute::strategy {

/// How long an unanswered probe is waited for: traceroute's -w MAX[,HERE,NEAR].
struct WaitRule {
  /// The upper limit of all waits.
  Duration max = std::chrono::seconds{3};
  /// Another probe of the same hop was answered: HERE times its RTT. 0 switches the rule off.
  double here = 3;
  /// A later hop or the target was answered: NEAR times its RTT. 0 switches the rule off.
  double near = 3;
  /// Both rules wait at least this much longer than the RTT they are based on: routers generate
  /// ICMP errors slowly.
  Duration floor = std::chrono::milliseconds{200};
  /// Nothing later has answered (yet): this plus three times the largest RTT seen.
  Duration silence = std::chrono::seconds{1};
};

/// What a path trace may do.
struct TraceOptions {
  int first_ttl = 1;
  int last_ttl = model::kDefaultLastTtl;
  int queries = 3;
  /// TTLs sent ahead of the farthest answer in the first round; later rounds go two fewer.
  int ahead = 8;
  /// Silent hops after the last answer that end the trace, unless the target has answered a Direct
  /// probe.
  int gap_limit = model::kDefaultGapLimit;
  WaitRule wait;
  /// Also probe the target with a full TTL from further source ports: gives the port state after
  /// one RTT, and the other RTT samples of the last row, which one connection could only get one
  /// after another.
  bool direct = true;
  /// An RST at exactly the arrival TTL is checked with a full TTL before "closed" is believed.
  bool confirm_reset = true;
  /// Never two probes under way at once, for connect() from a single source port: the kernel allows
  /// one attempt per 4-tuple.
  bool alone = false;
  /// Announce silent rows as soon as they are complete, although the target may turn out to be
  /// nearer.
  bool announce_silence = false;
};

/// How many source ports a path trace can use: one for the path, `queries` - 1 (at least one)
/// for Direct probes, and a reserve for targets whose answers carry no key, where each further
/// probe needs its own.
[[nodiscard]] constexpr std::size_t useful_source_ports(const TraceOptions& options) {
  constexpr std::size_t kReserve = 8;
  return 1 + static_cast<std::size_t>(std::max(options.queries - 1, 1)) + kReserve;
}

}  // namespace synroute::strategy
