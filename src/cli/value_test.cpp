// SPDX-License-Identifier: Apache-2.0
#include "cli/value.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

using namespace std::chrono_literals;

TEST(Value, NumberIsReadInDecimalAndHexadecimal) {
  constexpr Range kByte{.first = 0, .last = 255};
  EXPECT_EQ(read_number("0", kByte), 0U);
  EXPECT_EQ(read_number("255", kByte), 255U);
  EXPECT_EQ(read_number("0x1f", kByte), 31U);
  EXPECT_EQ(read_number("007", kByte), 7U);
}

TEST(Value, NumberOutOfRangeOrWithAnythingElseIsRefused) {
  for (const char* text :
       {"",
        "256",
        "-1",
        "+1",
        "1 ",
        " 1",
        "1.0",
        "1e2",
        "0x",
        "x",
        "0x100",
        "18446744073709551616",
        "4294967297"}) {
    const auto read = read_number(text, {.first = 0, .last = 255});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(), "'" + std::string{text} + "' is not a whole number from 0 to 255");
  }
}

TEST(Value, SecondsAreDecimal) {
  EXPECT_EQ(read_seconds("0.5"), 500ms);
  EXPECT_EQ(read_seconds("3"), 3s);
  EXPECT_EQ(read_seconds(".001"), 1ms);
  EXPECT_EQ(read_seconds("0.000001"), 1us);
  EXPECT_EQ(read_seconds("0"), 0s);
}

TEST(Value, SecondsThatAreNoneAreRefused) {
  for (const char* text :
       {"", "-1", "1e3", "inf", "nan", "0x1", "1,5", "1s", "86401", ".", "1.2.3"}) {
    EXPECT_FALSE(read_seconds(text)) << text;
  }
}

TEST(Value, DscpHasNames) {
  EXPECT_EQ(read_dscp("ef"), 46);
  EXPECT_EQ(read_dscp("AF41"), 34);
  EXPECT_EQ(read_dscp("63"), 63);
  EXPECT_FALSE(read_dscp("64"));
  EXPECT_FALSE(read_dscp("af44"));
}

TEST(Value, EcnHasNames) {
  EXPECT_EQ(read_ecn("ect0"), 2);
  EXPECT_EQ(read_ecn("CE"), 3);
  EXPECT_EQ(read_ecn("1"), 1);
  EXPECT_FALSE(read_ecn("4"));
}

TEST(Value, FlagsAreNamesOrBits) {
  using wire::TcpFlag;
  EXPECT_EQ(read_flags("syn"), wire::TcpFlags{TcpFlag::Syn});
  EXPECT_EQ(read_flags("SYN,ACK"), TcpFlag::Syn | TcpFlag::Ack);
  EXPECT_EQ(read_flags("ae"), wire::TcpFlags{TcpFlag::Ae});
  EXPECT_EQ(read_flags("none"), wire::TcpFlags{});
  EXPECT_EQ(read_flags("0x12"), TcpFlag::Syn | TcpFlag::Ack);
  const auto wrong = read_flags("syn,foo");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(
      wrong.error(),
      "'foo' is not a TCP flag (fin, syn, rst, psh, ack, urg, ece, cwr, ae; or none)");
  EXPECT_FALSE(read_flags("syn,"));
  EXPECT_FALSE(read_flags("512"));
}

TEST(Value, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace synroute::cli
