// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/probe_record.hpp"
#include "strategy/path/trace_options.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace synroute::strategy {

/// Round-trip times seen so far, by TTL and at the target: they decide how long silent probes are
/// waited for.
class RttBook {
 public:
  void add(const model::ProbeRecord& record);
  /// The largest RTT at this TTL.
  [[nodiscard]] std::optional<Duration> here(Ttl ttl) const;
  /// The RTT of the nearest later hop that answered, or of the target by a Direct probe.
  [[nodiscard]] std::optional<Duration> later(Ttl ttl) const;
  [[nodiscard]] std::optional<Duration> target() const { return target_; }
  [[nodiscard]] Duration largest() const { return largest_; }

 private:
  std::array<std::optional<Duration>, 256> by_ttl_{};
  std::size_t farthest_ = 0;  ///< the largest TTL with an answer
  std::optional<Duration> target_;
  Duration largest_{};
};

/// How long after its sending a probe with this TTL is given up. Based on the RTTs of the same and
/// of later hops: an RTT exceeds its neighbours' only by what a slow control plane takes, which is
/// far below a fixed three seconds.
[[nodiscard]] Duration patience(const WaitRule& rule, const RttBook& book, Ttl ttl);
/// The same for a probe that goes to the target itself. `barred`: a router has already reported the
/// target unreachable.
[[nodiscard]] Duration target_patience(const WaitRule& rule, const RttBook& book, bool barred);

}  // namespace synroute::strategy
