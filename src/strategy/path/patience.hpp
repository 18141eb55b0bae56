// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/probe_record.hpp"
#include "model/wait_rule.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace synroute::strategy {

/// The round-trip times of one hop, or of the target.
struct RttRange {
  Duration least;
  Duration most;
};

/// Round-trip times seen so far, by TTL and at the target: they decide how long silent probes are
/// waited for.
class RttBook {
 public:
  void add(const model::ProbeRecord& record);
  /// Of the routers at this TTL.
  [[nodiscard]] const std::optional<RttRange>& here(Ttl ttl) const { return by_ttl_[ttl.value()]; }
  /// The smallest RTT of all later hops and of the target.
  [[nodiscard]] const std::optional<Duration>& fastest_beyond(Ttl ttl) const {
    return beyond_[ttl.value()];
  }
  /// The RTT of the nearest later hop that answered, else of the target.
  [[nodiscard]] std::optional<Duration> nearest_beyond(Ttl ttl) const;
  [[nodiscard]] const std::optional<RttRange>& target() const { return target_; }
  /// Of all answers but ICMP unreachables.
  [[nodiscard]] Duration largest() const { return largest_; }
  /// How much longer the slowest router took than a packet to it and back: by how much its RTT
  /// exceeds its own smallest one and those of all later hops.
  [[nodiscard]] Duration largest_delay() const { return largest_delay_; }

 private:
  void compare_hops();

  std::array<std::optional<RttRange>, 256> by_ttl_{};
  std::array<std::optional<Duration>, 256> beyond_{};
  std::size_t farthest_ = 0;  ///< the largest TTL with an answer of a router
  std::optional<RttRange> target_;
  Duration largest_{};
  Duration largest_delay_{};
};

/// How long after its sending a probe with this TTL is given up.
///
/// Where the user stated no rule, it is learnt: with an answer from the same hop, that RTT and a
/// margin; with one from beyond, the fastest of those and a margin that grows with the slowest
/// router seen. The next router is slower than the slowest of m others with probability 1/(m+1) at
/// most. In 1000 simulated paths with a median RTT of 50 ms, 1.6 % of the hops that would have
/// answered within 6 s were given up; half of the traces took less than 170 ms (patience_test.cpp).
[[nodiscard]] Duration patience(const model::WaitRule& rule, const RttBook& book, Ttl ttl);
/// The same for a probe that goes to the target itself. `barred`: a router has already reported the
/// target unreachable.
[[nodiscard]] Duration target_patience(
    const model::WaitRule& rule, const RttBook& book, bool barred);

}  // namespace synroute::strategy
