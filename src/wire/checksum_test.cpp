// SPDX-License-Identifier: Apache-2.0
#include "wire/checksum.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::address;
using testing::hex;

TEST(InternetSum, GivesTheExampleOfRfc1071) {
  EXPECT_EQ(InternetSum{}.add(hex("0001 f203 f4f5 f6f7")).folded(), 0xddf2);
  EXPECT_EQ(checksum(hex("0001 f203 f4f5 f6f7")), 0x220d);
}

TEST(InternetSum, PadsAnOddLengthWithZero) {
  EXPECT_EQ(checksum(hex("0001 f2")), checksum(hex("0001 f200")));
  EXPECT_EQ(checksum(hex("0001 f203 f4")), checksum(hex("0001 f203 f400")));
}

TEST(InternetSum, IsNotDeceivedByManyCarries) {
  const testing::Bytes ones(65535, 0xff);
  EXPECT_EQ(checksum(ones), 0x00ff);  // 32767 words 0xffff and one 0xff00
}

TEST(InternetSum, AddsPartsAsOne) {
  const auto whole = hex("4500 0054 65b0 4000 0101 e411 c0a8");
  const std::span<const std::uint8_t> view{whole};
  for (std::size_t cut = 0; cut <= whole.size(); cut += 2) {
    EXPECT_EQ(
        InternetSum{}.add(view.first(cut)).add(view.subspan(cut)).checksum(), checksum(whole));
  }
}

TEST(InternetSum, JudgesDataThatHoldsItsChecksum) {
  EXPECT_EQ(InternetSum{}.add(hex("2000993a 00080101 04bb4101")).verdict(), Checksum::Good);
  EXPECT_EQ(InternetSum{}.add(hex("2000993b 00080101 04bb4101")).verdict(), Checksum::Bad);
}

TEST(PseudoHeader, CountsAddressesProtocolAndLength) {
  const auto v4 = pseudo_header(address("192.0.2.1"), address("198.51.100.2"), 6, 20);
  EXPECT_EQ(v4.checksum(), checksum(hex("c0000201 c6336402 00 06 0014")));
  const auto v6 = pseudo_header(address("2001:db8::1"), address("2001:db8::2"), 58, 70000);
  EXPECT_EQ(
      v6.checksum(),
      checksum(hex("20010db8000000000000000000000001 20010db8000000000000000000000002"
                   "00011170 0000003a")));
}

}  // namespace
}  // namespace synroute::wire
