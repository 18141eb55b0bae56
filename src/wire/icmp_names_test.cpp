// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_names.hpp"

#include <gtest/gtest.h>

#include <set>

namespace synroute::wire {
namespace {

std::string marks(Family family, std::uint8_t type, int codes) {
  std::string all;
  for (int code = 0; code < codes; ++code) {
    all += unreachable_mark(family, type, static_cast<std::uint8_t>(code)) + " ";
  }
  return all;
}

std::set<int> prohibited(Family family, std::uint8_t type) {
  std::set<int> codes;
  for (int code = 0; code < 256; ++code) {
    if (unreachable_code(family, type, static_cast<std::uint8_t>(code)).prohibited) {
      codes.insert(code);
    }
  }
  return codes;
}

TEST(UnreachableMark, IsTraceroutes) {
  EXPECT_EQ(marks(Family::V4, 3, 17), "!N !H !P !<3> !F !S !N !H !N !X !X !N !H !X !V !C !<16> ");
  EXPECT_EQ(marks(Family::V6, 1, 10), "!N !X !H !H !<4> !<5> !<6> !<7> !<8> !<9> ");
  EXPECT_EQ(unreachable_mark(Family::V6, 2, 0), "!F");
  EXPECT_EQ(unreachable_mark(Family::V6, 4, 1), "!P");
  EXPECT_EQ(unreachable_mark(Family::V6, 4, 200), "!<200>");
}

TEST(UnreachableCode, TellsDecisionsFromFailures) {
  EXPECT_EQ(prohibited(Family::V4, 3), (std::set<int>{2, 3, 9, 10, 13}));
  EXPECT_EQ(prohibited(Family::V6, 1), (std::set<int>{1, 4, 5, 6}));
  EXPECT_EQ(prohibited(Family::V6, 4), (std::set<int>{1}));
  EXPECT_TRUE(prohibited(Family::V4, 12).empty());
  EXPECT_TRUE(prohibited(Family::V4, 11).empty());
}

TEST(UnreachableCode, HasANameForPeople) {
  EXPECT_EQ(unreachable_code(Family::V4, 3, 1).name, "host unreachable");
  EXPECT_EQ(unreachable_code(Family::V4, 3, 3).name, "port unreachable");
  EXPECT_EQ(unreachable_code(Family::V4, 3, 13).name, "admin prohibited");
  EXPECT_EQ(unreachable_code(Family::V6, 1, 1).name, "admin prohibited");
  EXPECT_EQ(unreachable_code(Family::V6, 1, 4).name, "port unreachable");
  EXPECT_EQ(unreachable_code(Family::V4, 3, 99).name, "unreachable");
  EXPECT_EQ(unreachable_code(Family::V4, 8, 0).name, "");
}

}  // namespace
}  // namespace synroute::wire
