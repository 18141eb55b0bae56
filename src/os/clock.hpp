// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

struct timespec;

namespace synroute::os {

/// CLOCK_MONOTONIC: the same for everything in the process, so parts need not share an object.
[[nodiscard]] Instant now();
/// CLOCK_REALTIME.
[[nodiscard]] WallTime wall_now();

[[nodiscard]] Duration to_duration(const timespec& time);
[[nodiscard]] timespec to_timespec(Duration length);

/// Both clocks at one moment.
struct ClockPair {
  Instant monotonic;
  WallTime wall;
  Duration uncertainty{};  ///< how far from one moment the two may be
};
/// Reads both, again when being scheduled away in between has torn them apart.
[[nodiscard]] ClockPair read_clocks();

/// Puts the kernel's packet stamps (CLOCK_REALTIME, which may step) on the monotonic clock.
/// Both clocks are slewed alike, so their distance changes only when calendar time is set.
/// Call observe() after reading packets and before converting their stamps.
class StampClock {
 public:
  explicit StampClock(ClockPair first) : offset_{distance(first)} {}

  void observe(ClockPair pair);
  /// `stamp` as an Instant within [not_before, read_at]; `read_at` itself when the stamp is not
  /// plausible there, or when a step leaves two plausible meanings.
  [[nodiscard]] Instant instant_of(WallTime stamp, Instant not_before, Instant read_at) const;
  /// Jumps of more than a millisecond seen so far; what a torn reading can explain is none.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  static Duration distance(ClockPair pair) {
    return pair.wall.since_1970() - pair.monotonic.since_start();
  }

  Duration offset_;
  std::optional<Duration> offset_before_step_;  ///< set between a step and the next observation
  std::uint64_t steps_ = 0;
};

}  // namespace synroute::os
