// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "sim/expected_reply.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/truth/network_view.hpp"

namespace synroute::sim {

/// Computes from a scenario what its network does with a SYN, without World, packets or time: an
/// independent check of World, and the expected result that tracers are compared with.
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
