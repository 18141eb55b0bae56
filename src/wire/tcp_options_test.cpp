// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp_options.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::hex;
using testing::to_hex;

std::vector<int> kinds(const TcpOptions& options) {
  std::vector<int> kinds;
  for (const TcpOption& option : options.list()) {
    kinds.push_back(option.kind);
  }
  return kinds;
}

TEST(TcpOptions, WritesTheSynOfLinux) {
  TcpOptions options;
  options.maximum_segment_size(1460)
      .sack_permitted()
      .timestamps({1, 2})
      .no_operation()
      .window_scale(7);
  EXPECT_EQ(
      to_hex(options.bytes()),
      "020405b4"
      "0402"
      "080a0000000100000002"
      "01"
      "030307");
  EXPECT_EQ(options.padded_size(), 20U);
}

TEST(TcpOptions, AnswersWhatItWasTold) {
  TcpOptions options;
  options.window_scale(14).timestamps({0xfffffffe, 7}).maximum_segment_size(9000);
  EXPECT_EQ(options.window_scale(), 14);
  EXPECT_EQ(options.timestamps(), (TcpTimestamps{0xfffffffe, 7}));
  EXPECT_EQ(options.maximum_segment_size(), 9000);
  EXPECT_FALSE(options.has_sack_permitted());
  EXPECT_FALSE(TcpOptions{}.timestamps());
}

TEST(TcpOptions, KeepsUnknownKindsAndOrder) {
  const TcpOptions options{hex("fd06 aabbccdd 0101 020405b4 00")};
  EXPECT_EQ(kinds(options), (std::vector<int>{0xfd, 1, 1, 2}));
  EXPECT_EQ(to_hex(options.list().front().data), "aabbccdd");
}

TEST(TcpOptions, StopsAtALengthThatCannotBe) {
  EXPECT_EQ(kinds(TcpOptions{hex("01 0200 0101")}), (std::vector<int>{1}));
  EXPECT_EQ(kinds(TcpOptions{hex("01 0201 0101")}), (std::vector<int>{1}));
  EXPECT_EQ(kinds(TcpOptions{hex("01 0205 05b4")}), (std::vector<int>{1}));
  EXPECT_EQ(kinds(TcpOptions{hex("01 02")}), (std::vector<int>{1}));
}

TEST(TcpOptions, StopsAtEndOfOptionList) {
  EXPECT_EQ(kinds(TcpOptions{hex("01 00 020405b4")}), (std::vector<int>{1}));
}

TEST(TcpOptions, IgnoresAKnownKindOfWrongSize) {
  const TcpOptions options{hex("0203 05 020405b4 080201 0302")};
  EXPECT_EQ(options.maximum_segment_size(), 1460);
  EXPECT_FALSE(options.timestamps());
  EXPECT_FALSE(options.window_scale());
}

TEST(TcpOptions, ReadsFastOpenCookiesOfEverySize) {
  EXPECT_EQ(TcpOptions{hex("2202")}.list().front().data.size(), 0U);
  EXPECT_EQ(TcpOptions{hex("220a 0102030405060708")}.list().front().data.size(), 8U);
  const testing::Bytes cookie(36, 0xab);
  TcpOptions options;
  options.raw(static_cast<std::uint8_t>(TcpOptionKind::FastOpen), cookie);
  ASSERT_EQ(options.list().size(), 1U);
  EXPECT_EQ(options.list().front().data.size(), 36U);
}

TEST(TcpOptions, LeavesOutWhatAHeaderCannotHold) {
  EXPECT_EQ(TcpOptions{testing::Bytes(60, 1)}.bytes().size(), TcpOptions::kCapacity);
}

TEST(TcpOptions, AreEqualWhateverThePadding) {
  TcpOptions built;
  built.window_scale(7);
  EXPECT_EQ(built, TcpOptions{hex("03030700")});
  EXPECT_NE(built, TcpOptions{hex("03030701")});
  EXPECT_NE(built, TcpOptions{hex("0303070000000000")});
}

TEST(TcpOptions, NeverReadsBeyondItsBytes) {
  Random random{7};
  for (int round = 0; round < 20000; ++round) {
    const TcpOptions options{testing::random_bytes(random, 40)};
    std::size_t sum = 0;
    for (const TcpOption& option : options.list()) {
      sum += option.kind == 1 ? 1 : option.data.size() + 2;
    }
    EXPECT_LE(sum, options.bytes().size());
  }
}

}  // namespace
}  // namespace synroute::wire
