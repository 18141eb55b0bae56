// SPDX-License-Identifier: Apache-2.0
#include "base/strong.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <type_traits>
#include <unordered_map>

namespace synroute {
namespace {

// What must not compile stands in tests/compile_fail.

TEST(Strong, IsItsNumber) {
  EXPECT_EQ(Ttl{64}.value(), 64);
  EXPECT_EQ(Port{}.value(), 0);
  EXPECT_EQ(sizeof(Port), sizeof(std::uint16_t));
}

TEST(Strong, ComparesAndHashes) {
  EXPECT_LT(Ttl{3}, Ttl{4});
  EXPECT_NE(ProbeId{1}, ProbeId{2});
  std::unordered_map<ProbeId, int> probes;
  probes[ProbeId{7}] = 1;
  EXPECT_TRUE(probes.contains(ProbeId{7}));
  EXPECT_FALSE(probes.contains(ProbeId{8}));
}

TEST(Strong, DoesNotConvert) {
  EXPECT_FALSE((std::convertible_to<int, Ttl>));
  EXPECT_FALSE((std::convertible_to<Ttl, int>));
  EXPECT_FALSE((std::is_constructible_v<Ttl, Port>));
  EXPECT_FALSE((std::equality_comparable_with<ProbeId, FlowId>));
}

}  // namespace
}  // namespace synroute
