// SPDX-License-Identifier: Apache-2.0
#include "os/clock.hpp"

#include <algorithm>
#include <chrono>

#include <time.h>

namespace synroute::os {
namespace {

// A change of the distance above this is a clock step. Reading noise stays below 0.1 ms.
constexpr Duration kStep = std::chrono::milliseconds{1};
// A packet may be stamped shortly before it can be read, and the two clocks are not read at once.
constexpr Duration kSlack = std::chrono::milliseconds{1};

Duration read(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return to_duration(time);
}

}  // namespace

Duration to_duration(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + Duration{time.tv_nsec};
}

timespec to_timespec(Duration length) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(length);
  timespec result{};
  result.tv_sec = whole.count();
  result.tv_nsec = (length - whole).count();
  return result;
}

Instant now() {
  return Instant{read(CLOCK_MONOTONIC)};
}

WallTime wall_now() {
  return WallTime{read(CLOCK_REALTIME)};
}

ClockPair read_clocks() {
  ClockPair best;
  Duration tightest = Duration::max();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Instant before = now();
    const WallTime wall = wall_now();
    const Instant after = now();
    if (after - before < tightest) {
      tightest = after - before;
      best = ClockPair{before + tightest / 2, wall};
    }
  }
  return best;
}

void StampClock::observe(ClockPair pair) {
  const Duration offset = distance(pair);
  offset_before_step_.reset();
  if (std::chrono::abs(offset - offset_) > kStep) {
    ++steps_;
    offset_before_step_ = offset_;
  }
  offset_ = offset;
}

Instant StampClock::instant_of(WallTime stamp, Instant not_before, Instant read_at) const {
  const auto under = [&](Duration offset) -> std::optional<Instant> {
    const Instant at{stamp.since_1970() - offset};
    const bool plausible = at >= not_before - kSlack && at <= read_at + kSlack;
    return plausible ? std::optional{std::clamp(at, not_before, read_at)} : std::nullopt;
  };
  const std::optional<Instant> current = under(offset_);
  const std::optional<Instant> earlier =
      offset_before_step_ ? under(*offset_before_step_) : std::nullopt;
  if (current && earlier) {
    return read_at;
  }
  return current ? *current : earlier.value_or(read_at);
}

}  // namespace synroute::os
