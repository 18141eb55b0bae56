// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/statistics.hpp"
#include "model/trace.hpp"

#include <span>
#include <vector>

namespace synroute::model {

/// One address that answered at a hop. Late answers are counted, but their times are not.
struct Responder {
  IpAddress address;
  int count = 0;
  std::vector<Duration> rtts;  ///< in the order of the attempts, late ones left out
};

/// All probes that belong to one row. Pointers live as long as the records they came from.
struct Hop {
  Ttl ttl;
  std::vector<const ProbeRecord*> probes;                   ///< by attempt
  [[nodiscard]] std::vector<Responder> responders() const;  ///< in the order of first appearance
  [[nodiscard]] bool is_silent() const;
};

/// The probes that make one row: the settled ones of role Hop with this TTL. Further attempts are,
/// on the row of the target, Direct probes it answered; on the row of somebody who calls the target
/// unreachable, probes sent beyond him that he refused just so. Left out: beside an answer, those
/// whose silence says nothing (overlapped); beyond `queries`, lost ones, which were sent again.
[[nodiscard]] std::vector<const ProbeRecord*> row(
    std::span<const ProbeRecord> records, Ttl ttl, bool is_target, int queries);

/// The rows of a trace in order of TTL, from the first TTL to the distance of the target, to the
/// row that an ICMP unreachable ended, or to the last answer and the silent rows probed after it.
[[nodiscard]] std::vector<Hop> hops(const Trace& trace);

}  // namespace synroute::model
