// SPDX-License-Identifier: Apache-2.0
#include "cli/equipment.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::cli {
namespace {

std::uint32_t mark_of(std::vector<std::string_view> words) {
  return mark_among(words);
}

TEST(MarkAmong, FindsTheLastMarkOfTheCommandLine) {
  EXPECT_EQ(mark_of({"--mark", "7", "host"}), 7U);
  EXPECT_EQ(mark_of({"host", "--mark=0x10"}), 16U);
  EXPECT_EQ(mark_of({"--mark", "7", "--mark=8"}), 8U);
  EXPECT_EQ(mark_of({"--mark=4294967295"}), 4294967295U);
}

TEST(MarkAmong, IsNoneWithoutANumber) {
  EXPECT_EQ(mark_of({}), 0U);
  EXPECT_EQ(mark_of({"host", "--mark"}), 0U);
  EXPECT_EQ(mark_of({"--mark", "x"}), 0U);
  EXPECT_EQ(mark_of({"--mark=4294967296"}), 0U);
  EXPECT_EQ(mark_of({"--marks", "7"}), 0U);
  EXPECT_EQ(mark_of({"mark", "7"}), 0U);
}

}  // namespace
}  // namespace synroute::cli
