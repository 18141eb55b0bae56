// SPDX-License-Identifier: Apache-2.0
#include "os/clock.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace synroute::os {
namespace {

// A change of the distance above this, and above what reading blurs, is a clock step.
constexpr Duration kStep = std::chrono::milliseconds{1};
// A packet may be stamped shortly before it can be read, and the two clocks are not read at once.
constexpr Duration kSlack = std::chrono::milliseconds{1};
// Three reads take 0.1 us; a reading that took longer than this was interrupted.
constexpr Duration kTight = std::chrono::microseconds{5};
constexpr int kReadings = 5;

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
  ClockPair best{.uncertainty = Duration::max()};
  for (int reading = 0; reading < kReadings && best.uncertainty > kTight; ++reading) {
    const Instant before = now();
    const WallTime wall = wall_now();
    const Duration half = (now() - before) / 2;
    if (half < best.uncertainty) {
      best = ClockPair{before + half, wall, half};
    }
  }
  return best;
}

void StampClock::observe(ClockPair pair) {
  const Duration offset = distance(pair);
  const Duration change = std::chrono::abs(offset - offset_);
  offset_before_step_.reset();
  if (change > kStep + pair.uncertainty) {
    ++steps_;
    offset_before_step_ = offset_;
    offset_ = offset;
  } else if (pair.uncertainty <= kTight) {
    offset_ = offset;
  }
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
