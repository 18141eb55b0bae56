// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "model/trace.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/truth/oracle.hpp"

#include <optional>
#include <vector>

namespace synroute::sim {

/// One TTL as a perfect tracer would know it: every answer that some flow can get.
struct TrueHop {
  Ttl ttl;
  std::vector<ExpectedReply> answers;  ///< by address, then by delay
  bool may_be_silent = false;          ///< some flow gets none
};

/// What a perfect tracer would find out about one port of one target.
struct Truth {
  IpAddress target;
  Port port;
  model::PortState state = model::PortState::Filtered;
  bool reached = false;  ///< the machine with the address answers itself
  /// The smallest TTL that gets an answer in the target's name; resets that another answer to the
  /// same probe disproves do not count.
  std::optional<Ttl> distance;
  std::optional<Decider> decided_by;  ///< absent without a reply
  std::vector<TrueHop> hops;  ///< from 1 to the distance, to the error that ends the path, or to
                              ///< the last TTL that any answer comes for
  bool by_chance =
      false;  ///< loss or corruption: a finite number of probes need not show all of it
  bool fixed_choice = false;  ///< load is shared by address: a tracer sees one of several answers
};

/// Worked out from the scenario alone, by an Oracle.
[[nodiscard]] Truth find_truth(const Scenario& scenario, const IpAddress& target, Port port);

}  // namespace synroute::sim
