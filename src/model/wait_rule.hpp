// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <optional>

namespace synroute::model {

/// How long the answer to a probe is waited for.
struct WaitRule {
  /// traceroute's rules: a probe is given up HERE times the RTT of an answer from the same hop
  /// after its sending, or NEAR times that of a later hop; 0 switches a rule off.
  struct Factors {
    double here = 0;
    double near = 0;
  };
  /// No probe is waited for longer.
  Duration max = std::chrono::seconds{6};
  /// As the user stated them. Absent: the waits are learnt from the answers of this path.
  std::optional<Factors> factors;

  [[nodiscard]] bool is_learnt() const { return !factors; }
};

/// traceroute's -w MAX: every probe is waited for as long.
[[nodiscard]] constexpr WaitRule wait_always(Duration max) {
  return {.max = max, .factors = WaitRule::Factors{}};
}

/// A Linux router reports a host that does not answer on its last link (ARP, neighbour discovery)
/// 3.06 s after the first packet to it: three requests, one second apart. Measured 3.056 to 3.066
/// s.
constexpr Duration kHostUnreachableAfter = std::chrono::milliseconds{3150};

}  // namespace synroute::model
