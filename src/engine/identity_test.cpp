// SPDX-License-Identifier: Apache-2.0
#include "engine/identity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace synroute::engine {
namespace {

std::uint32_t circular_distance(std::uint32_t left, std::uint32_t right) {
  return std::min(left - right, right - left);
}

TEST(Identity, KeepsSequenceNumbersFartherApartThanAnyWindow) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Identity identity{seed, 8192};
    std::vector<std::uint32_t> drawn;
    for (int i = 0; i < 8192; ++i) {
      drawn.push_back(identity.next().sequence);
    }
    std::ranges::sort(drawn);
    std::uint32_t closest = circular_distance(drawn.front(), drawn.back());
    for (std::size_t i = 1; i < drawn.size(); ++i) {
      closest = std::min(closest, drawn[i] - drawn[i - 1]);
    }
    EXPECT_GT(closest, 65535U) << "seed " << seed;
  }
}

TEST(Identity, DescendsInEqualStepsFromAnUnpredictableNumber) {
  Identity identity{3, 8192, 18};
  Identity other{4, 8192, 18};
  const std::uint32_t first = identity.next().sequence;
  EXPECT_NE(first, other.next().sequence);
  for (std::uint32_t i = 1; i < 8192; ++i) {
    ASSERT_EQ(identity.next().sequence, first - 18 * i);
  }
}

TEST(Identity, NeverUsesIpIdZeroNorOneThatACopyOfAnotherCouldBeReadAs) {
  Identity identity{7, 8192};
  std::set<std::uint16_t> readable;
  for (int i = 0; i < 2000; ++i) {
    const std::uint16_t id = identity.next().ip_id;
    ASSERT_NE(id, 0);
    ASSERT_NE(id, swapped(id)) << "a router's swapping of the bytes would not show";
    for (const auto copy : {id, static_cast<std::uint16_t>(id + 1), swapped(id)}) {
      ASSERT_FALSE(copy != id && copy == swapped(id) && readable.contains(copy));
    }
    ASSERT_FALSE(readable.contains(id));
    readable.insert({id, static_cast<std::uint16_t>(id + 1), swapped(id)});
  }
}

TEST(Identity, RepeatsItselfForTheSameSeedOnly) {
  Identity first{42, 100};
  Identity same{42, 100};
  Identity other{43, 100};
  const Keys keys = first.next();
  EXPECT_EQ(keys.sequence, same.next().sequence);
  EXPECT_NE(keys.sequence, other.next().sequence);
}

TEST(Identity, CountsTimestampsUpwards) {
  Identity identity{5, 100};
  const std::uint32_t first = identity.next().timestamp_value;
  EXPECT_EQ(identity.next().timestamp_value, first + 1);
}

}  // namespace
}  // namespace synroute::engine
