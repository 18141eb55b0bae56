// SPDX-License-Identifier: Apache-2.0
#include "os/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include <time.h>

namespace synroute::os {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

constexpr Duration kCalendar = 480'000h;  // somewhere in 2024

constexpr Instant at(Duration since_start) {
  return Instant{since_start};
}
constexpr WallTime wall(Duration since_start) {
  return WallTime{kCalendar + since_start};
}
constexpr ClockPair pair(Duration since_start, Duration step = Duration::zero()) {
  return {at(since_start), wall(since_start + step)};
}

TEST(Clock, GoesForward) {
  const Instant first = now();
  EXPECT_LE(first, now());
}

TEST(Clock, ReadsBothClocksAtOneMoment) {
  const Instant before = now();
  const ClockPair both = read_clocks();
  EXPECT_LE(before, both.monotonic);
  EXPECT_LE(both.monotonic, now());
  EXPECT_LE(both.wall, wall_now());
  EXPECT_LT(both.uncertainty, 1s);
}

TEST(Clock, ConvertsTimespecsBothWays) {
  EXPECT_EQ(to_duration(to_timespec(3s + 5ms)), Duration{3s + 5ms});
  EXPECT_EQ(to_timespec(1500ms).tv_sec, 1);
  EXPECT_EQ(to_timespec(1500ms).tv_nsec, 500'000'000);
  // A timespec before its epoch has a negative second and a positive rest (POSIX).
  EXPECT_EQ(to_timespec(-1ms).tv_sec, -1);
  EXPECT_EQ(to_timespec(-1ms).tv_nsec, 999'000'000);
}

TEST(StampClock, PutsAStampOnTheMonotonicClock) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s));
  EXPECT_EQ(clock.instant_of(wall(1500ms), at(1s), at(2s)), at(1500ms));
  EXPECT_EQ(clock.steps(), 0U);
}

TEST(StampClock, TakesNoiseForNoStep) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s, 200us));
  clock.observe(pair(3s, -200us));
  EXPECT_EQ(clock.steps(), 0U);
}

TEST(StampClock, TakesATornReadingForNoStep) {
  StampClock clock{pair(1s)};
  ClockPair torn = pair(2s, 4ms);
  torn.uncertainty = 5ms;
  clock.observe(torn);
  EXPECT_EQ(clock.steps(), 0U);
  EXPECT_EQ(clock.instant_of(wall(1500ms), at(1s), at(2s)), at(1500ms)) << "and learns nothing";
}

TEST(StampClock, SeesAStepThroughATornReading) {
  StampClock clock{pair(1s)};
  ClockPair torn = pair(2s, 5s);
  torn.uncertainty = 5ms;
  clock.observe(torn);
  EXPECT_EQ(clock.steps(), 1U);
}

TEST(StampClock, CountsAStepOnce) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s, 5s));
  clock.observe(pair(3s, 5s));
  EXPECT_EQ(clock.steps(), 1U);
}

TEST(StampClock, ReadsStampsOnBothSidesOfAStep) {
  for (const Duration step : {Duration{5s}, Duration{-5s}, Duration{1h}, Duration{-20ms}}) {
    StampClock clock{pair(1s)};
    clock.observe(pair(1010ms, step));
    EXPECT_EQ(clock.instant_of(wall(1004ms), at(1s), at(1010ms)), at(1004ms)) << "before it";
    EXPECT_EQ(clock.instant_of(wall(1008ms + step), at(1s), at(1010ms)), at(1008ms)) << "after it";
  }
}

TEST(StampClock, FallsBackToReadingWhenAStepLeavesTwoMeanings) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s, 100ms));
  EXPECT_EQ(clock.instant_of(wall(1500ms), at(1s), at(2s)), at(2s));
}

TEST(StampClock, ForgetsTheTimeBeforeAStepAtTheNextLook) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s, 5s));
  clock.observe(pair(3s, 5s));
  EXPECT_EQ(clock.instant_of(wall(2500ms), at(2s), at(3s)), at(3s));
}

TEST(StampClock, FallsBackToReadingForAStampThatCannotBe) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s));
  EXPECT_EQ(clock.instant_of(wall(500ms), at(1s), at(2s)), at(2s)) << "before the last look";
  EXPECT_EQ(clock.instant_of(wall(9s), at(1s), at(2s)), at(2s)) << "from the future";
  EXPECT_EQ(clock.instant_of(WallTime{}, at(1s), at(2s)), at(2s)) << "none at all";
}

TEST(StampClock, KeepsAStampInsideItsWindow) {
  StampClock clock{pair(1s)};
  clock.observe(pair(2s));
  EXPECT_EQ(clock.instant_of(wall(1s - 300us), at(1s), at(2s)), at(1s));
  EXPECT_EQ(clock.instant_of(wall(2s + 300us), at(1s), at(2s)), at(2s));
}

}  // namespace
}  // namespace synroute::os
