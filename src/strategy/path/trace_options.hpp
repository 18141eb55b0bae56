// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstddef>

namespace synroute::strategy {

/// How long an unanswered probe is waited for: traceroute's -w MAX[,HERE,NEAR].
struct WaitRule {
  /// Never longer than this.
  Duration max = std::chrono::seconds{3};
  /// Another probe of the same hop was answered: HERE times its RTT. 0 switches the rule off.
  double here = 3;
  /// A later hop or the target was answered: NEAR times its RTT. 0 switches the rule off.
  double near = 3;
  /// Neither rule gives a slow ICMP generator less than this beyond the RTT it is judged by.
  Duration floor = std::chrono::milliseconds{200};
  /// Nothing later has answered (yet): this plus three times the largest RTT seen.
  Duration silence = std::chrono::seconds{1};
};

/// What a path trace may do.
struct TraceOptions {
  int first_ttl = 1;
  int last_ttl = 30;
  int queries = 3;
  /// TTLs sent ahead of the farthest answer in the first round; later rounds go two fewer.
  int ahead = 8;
  /// Silent hops after the last answer that end the trace, when the target is not heard by other
  /// means.
  int gap_limit = 8;
  WaitRule wait;
  /// Ask the target itself with a full TTL from sibling source ports: gives the port state after
  /// one RTT, and the further RTT samples of the last row, which one connection could only get in
  /// turn.
  bool direct = true;
  /// An RST at exactly the arrival TTL is checked with a full TTL before "closed" is believed.
  bool confirm_reset = true;
  /// One probe at a time, hop by hop, as tcptraceroute does.
  bool sequential = false;
  /// Never two probes on their way at once, for connections that hold only one.
  bool alone = false;
  /// Tell of silent rows as soon as they are complete, although the target may yet turn out to be
  /// nearer.
  bool announce_silence = false;
};

/// How many source ports a path trace can make use of: one for the path, `queries` - 1 for asking
/// the target itself, and some in reserve for targets whose answers carry no key, of which each
/// further probe needs one of its own.
[[nodiscard]] constexpr std::size_t useful_source_ports(const TraceOptions& options) {
  constexpr std::size_t kReserve = 8;
  return 1 + static_cast<std::size_t>(options.queries - 1) + kReserve;
}

}  // namespace synroute::strategy
