// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/strategy.hpp"

#include <memory>

namespace synroute::strategy {

/// What a trace by the rules of tcptraceroute may do.
struct ClassicOptions {
  int first_ttl = 1;
  int last_ttl = 30;
  int queries = 3;
  /// The longest a probe is waited for.
  Duration wait = std::chrono::seconds{3};
  /// One probe at a time, the next when it is answered or its time is up.
  bool sequential = false;
  /// Every probe on a connection of its own; the engine must have flows for that.
  bool flow_per_probe = false;
};

/// The rows of tcptraceroute: `queries` probes at every TTL up to the first one at which a probe
/// got a TCP answer of the target or any ICMP unreachable, whoever sent it. All probes belong to
/// flow 0, and the target is only asked by probes that have just come to it.
///
/// They overlap: one at every TTL some way ahead of the farthest answer; the others of a row as
/// soon as something at or beyond it has answered, or after a second of silence. A silent row with
/// answers behind it is closed by their round-trip times; where nothing answers any more the whole
/// wait is waited.
[[nodiscard]] std::unique_ptr<engine::Strategy> classic_path(const ClassicOptions& options);

}  // namespace synroute::strategy
