// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <unordered_set>

namespace synroute {
namespace {

// The sequence of splitmix64 from this seed is published in several languages.
TEST(Random, IsSplitmix64) {
  Random random{1234567};
  for (const std::uint64_t expected :
       {6457827717110365317ULL,
        3203168211198807973ULL,
        9817491932198370423ULL,
        4593380528125082431ULL,
        16408922859458223821ULL}) {
    EXPECT_EQ(random.next(), expected);
  }
}

TEST(Random, RepeatsFromTheSameSeedOnly) {
  Random first{1};
  Random second{1};
  Random other{2};
  const std::uint64_t value = first.next();
  EXPECT_EQ(value, second.next());
  EXPECT_NE(value, other.next());
}

TEST(Random, StaysBelowItsBound) {
  Random random{3};
  std::array<int, 6> count{};
  for (int round = 0; round < 60000; ++round) {
    ++count.at(random.below(6));
  }
  for (const int times : count) {
    EXPECT_NEAR(times, 10000, 500);  // 5.5 standard deviations
  }
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, GivesFractionsBelowOne) {
  Random random{4};
  double sum = 0;
  for (int round = 0; round < 100000; ++round) {
    const double value = random.unit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

TEST(Random, TakesChancesAsOften) {
  Random random{5};
  int taken = 0;
  for (int round = 0; round < 100000; ++round) {
    taken += random.chance(0.3) ? 1 : 0;
  }
  EXPECT_NEAR(taken, 30000, 750);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

TEST(Random, SplitsIntoIndependentParts) {
  Random whole{6};
  Random part = whole.split();
  Random whole_again{6};
  Random part_again = whole_again.split();
  for (int i = 0; i < 10; ++i) {
    part.next();  // using a part up does not disturb the whole
  }
  EXPECT_EQ(whole.next(), whole_again.next());
  EXPECT_NE(part_again.next(), whole_again.next());
}

TEST(Mix, MapsNoTwoNumbersToOne) {
  std::unordered_set<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    values.insert(mix(i));
  }
  EXPECT_EQ(values.size(), 100000U);
}

}  // namespace
}  // namespace synroute
