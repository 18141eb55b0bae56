// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <gtest/gtest.h>

namespace synroute {
namespace {

using namespace std::chrono_literals;

TEST(Instant, MeasuresIntervals) {
  const Instant sent{2s};
  const Instant received = sent + 12ms;
  EXPECT_EQ(received - sent, Duration{12'000'000});
  EXPECT_EQ(received - 12ms, sent);
  EXPECT_LT(sent, received);
  EXPECT_EQ(Instant{}.since_start(), Duration::zero());
}

TEST(Earliest, TakesAnAbsentDeadlineForNone) {
  const Instant soon{5ms};
  const Instant later{6ms};
  EXPECT_EQ(earliest(soon, later), soon);
  EXPECT_EQ(earliest(later, soon), soon);
  EXPECT_EQ(earliest(std::nullopt, later), later);
  EXPECT_EQ(earliest(later, std::nullopt), later);
  EXPECT_EQ(earliest(std::nullopt, std::nullopt), std::nullopt);
}

TEST(WallTime, HoldsDatesToTheNanosecond) {
  const WallTime time{1'700'000'000s + 1ns};
  EXPECT_EQ(time.since_1970().count(), 1'700'000'000'000'000'001);
  EXPECT_LT(WallTime{}, time);
}

TEST(Milliseconds, KeepMicroseconds) {
  EXPECT_DOUBLE_EQ(milliseconds(12'345us), 12.345);
  EXPECT_DOUBLE_EQ(milliseconds(-1ms), -1.0);
}

}  // namespace
}  // namespace synroute
