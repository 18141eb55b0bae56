// SPDX-License-Identifier: Apache-2.0
#include "model/statistics.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::model {
namespace {

using std::chrono::milliseconds;

RttSummary summary_of(const std::vector<Duration>& samples) {
  return summarise(samples).value_or(RttSummary{});
}

TEST(Summarise, SaysNothingOfNothing) {
  EXPECT_FALSE(summarise({}).has_value());
}

TEST(Summarise, GivesOneSampleThreeTimes) {
  const RttSummary one = summary_of({milliseconds{7}});
  EXPECT_EQ(one.min, milliseconds{7});
  EXPECT_EQ(one.median, milliseconds{7});
  EXPECT_EQ(one.max, milliseconds{7});
}

TEST(Summarise, TakesTheMiddleOfAnOddNumber) {
  const RttSummary three = summary_of({milliseconds{9}, milliseconds{1}, milliseconds{2}});
  EXPECT_EQ(three.min, milliseconds{1});
  EXPECT_EQ(three.median, milliseconds{2});
  EXPECT_EQ(three.max, milliseconds{9});
}

TEST(Summarise, TakesTheMeanOfTheMiddleTwoOfAnEvenNumber) {
  const RttSummary four =
      summary_of({milliseconds{40}, milliseconds{10}, milliseconds{20}, milliseconds{21}});
  EXPECT_EQ(four.median, std::chrono::microseconds{20500});
}

}  // namespace
}  // namespace synroute::model
