// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/classic_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::cli {
namespace {

std::string read(std::string_view text) {
  const auto address = read_classic_address(text);
  return address ? address->to_string() : "none";
}

TEST(ClassicAddress, HasOneToFourParts) {
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(read("198.18.26626"), "198.18.104.2");
  EXPECT_EQ(read("127.1"), "127.0.0.1");
  EXPECT_EQ(read("1"), "0.0.0.1");
  EXPECT_EQ(read("2130706433"), "127.0.0.1");
}

TEST(ClassicAddress, MayBeHexadecimalOrOctal) {
  EXPECT_EQ(read("0x7f000001"), "127.0.0.1");
  EXPECT_EQ(read("0X7F.1"), "127.0.0.1");
  EXPECT_EQ(read("010.0.0.1"), "8.0.0.1");
  EXPECT_EQ(read("0.0.0.0"), "0.0.0.0");
}

TEST(ClassicAddress, IsNothingElse) {
  for (const std::string_view text :
       {"",        ".",         "1.",         ".1",  "1..2", "1.2.3.4.5",  "256.1",
        "1.256.1", "1.2.65536", "4294967296", "0x",  "09.1", "-1",         "+1",
        " 1",      "1 ",        "a.b",        "::1", "host", "0x100000000"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(ClassicAddress, IsNotTheSignForNone) {
  EXPECT_EQ(read("255.255.255.255"), "none");
  EXPECT_EQ(read("0xffffffff"), "none");
  EXPECT_EQ(read("255.255.255.254"), "255.255.255.254");
}

}  // namespace
}  // namespace synroute::cli
