// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace synroute::engine {

/// Keeps probes at least a gap apart on average. A driver that wakes late may catch up by at most
/// ten milliseconds' worth of probes: a process that was paused must not send a burst.
class Pacer {
 public:
  static constexpr Duration kCatchUp = std::chrono::milliseconds{10};

  explicit Pacer(Duration gap) : gap_{gap} {}
  [[nodiscard]] bool ready(Instant now) const { return now >= next_; }
  [[nodiscard]] Instant next() const { return next_; }
  void take(Instant now) { next_ = std::max(next_, now - kCatchUp) + gap_; }

 private:
  Duration gap_;
  Instant next_;
};

}  // namespace synroute::engine
