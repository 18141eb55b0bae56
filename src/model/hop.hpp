// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/statistics.hpp"
#include "model/trace.hpp"

#include <span>
#include <vector>

namespace synroute::model {

/// One address that answered at a hop. Late answers are counted, but their RTTs are left out.
struct Responder {
  IpAddress address;
  int count = 0;
  std::vector<Duration> rtts;  ///< in the order of the attempts
};

/// The probes of one row of output. The pointers are valid as long as the records of the trace.
struct Hop {
  Ttl ttl;
  std::vector<const ProbeRecord*> probes;                   ///< by attempt
  [[nodiscard]] std::vector<Responder> responders() const;  ///< in the order of their first answer
  [[nodiscard]] bool is_silent() const;
};

/// The probes of one row: the settled ones of role Hop with this TTL. The row of the target is
/// filled up with Direct probes that it answered; the row of a router that reports the target
/// unreachable, with probes of larger TTL that it rejected with the same error. Left out are
/// overlapped probes without an answer when another probe of the row has one, and lost probes in
/// excess of `queries`, since they were sent again.
[[nodiscard]] std::vector<const ProbeRecord*> row(
    std::span<const ProbeRecord> records, Ttl ttl, bool is_target, int queries);

/// The rows of a trace in the order of TTL, from the first TTL to the distance of the target, else
/// to the row whose ICMP unreachable ended the trace, else to the last TTL probed.
[[nodiscard]] std::vector<Hop> hops(const Trace& trace);

}  // namespace synroute::model
