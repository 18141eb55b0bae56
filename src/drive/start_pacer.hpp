// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"

#include <chrono>
#include <unordered_map>

namespace synroute::drive {

/// Probes per second of all traces of a session together; zero: as many as they like.
struct Rates {
  double all = 0;
  double network = 0;  ///< to the targets of one /24 (IPv4) or /48 (IPv6)
};

/// Decides when the next trace may start, so that all of them together keep to these rates on
/// average. The probes of a trace that has started are not delayed. The first 400 probes count as a
/// burst that the rate allows: a handful of targets is traced at once.
class StartPacer {
 public:
  explicit StartPacer(const Rates& rates);

  /// From when on a trace to this target may start.
  [[nodiscard]] Instant ready_at(const IpAddress& target) const;
  /// The same whatever the target.
  [[nodiscard]] Instant ready_at() const { return last_slot_ - burst_; }
  /// A probe was sent to this target.
  void take(const IpAddress& target, Instant now);

 private:
  void forget_past(Instant now);

  Duration gap_{};
  Duration network_gap_{};
  Duration burst_{};
  Duration network_burst_{};
  Instant last_slot_;  ///< when the latest probe would have left at the rate
  std::unordered_map<IpAddress, Instant> network_slots_;  ///< the same by network, if in the future
};

}  // namespace synroute::drive
