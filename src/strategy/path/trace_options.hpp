// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/limits.hpp"
#include "model/wait_rule.hpp"

#include <algorithm>
#include <cstddef>

namespace synroute::strategy {

/// Enough for most paths: their far hops are asked without waiting for the near ones.
inline constexpr int kDefaultAhead = 16;
/// As many as the silent hops that end a trace: they are asked at once, not one after another.
inline constexpr int kAheadOfAnswers = model::kDefaultGapLimit;

/// What a path trace may do.
struct TraceOptions {
  int first_ttl = 1;
  int last_ttl = model::kDefaultLastTtl;
  int queries = 3;
  /// TTLs the first round sends before any answer. Behind answers no round goes farther than
  /// kAheadOfAnswers beyond the farthest, and none farther than this.
  int ahead = kDefaultAhead;
  /// Silent hops after the last answer that end the trace, unless the target has answered a Direct
  /// probe.
  int gap_limit = model::kDefaultGapLimit;
  model::WaitRule wait;
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
