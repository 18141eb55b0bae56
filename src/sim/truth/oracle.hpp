// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "sim/expected_reply.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/truth/network_view.hpp"

namespace synroute::sim {

/// Works out on paper what a network does with a SYN: by following the scenario's words, without a
/// world, packets or time. A second opinion on World, and the source of the truth tracers are held
/// against.
class Oracle {
 public:
  /// The scenario must outlive it.
  explicit Oracle(const Scenario& scenario) : network_{scenario} {}
  [[nodiscard]] ExpectedOutcome outcome(const IpAddress& target, Port port, int ttl) const;

 private:
  class Propagation;

  NetworkView network_;
};

}  // namespace synroute::sim
