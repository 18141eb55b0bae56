// SPDX-License-Identifier: Apache-2.0
#include "wire/ipv6_chain.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::Bytes;
using testing::hex;

constexpr std::uint8_t kTcp = 6;

TEST(Ipv6Chain, IsEmptyInFrontOfATransportHeader) {
  const Ipv6Chain chain = walk_ipv6_chain(kTcp, Bytes(20));
  EXPECT_EQ(chain.protocol, kTcp);
  EXPECT_EQ(chain.size, 0U);
  EXPECT_EQ(chain.end, HeaderEnd::Complete);
  EXPECT_FALSE(chain.has_headers);
  EXPECT_FALSE(chain.fragment);
}

TEST(Ipv6Chain, CountsTheOtherHeadersInUnitsOfEightBytesWithoutTheFirst) {
  for (const std::uint8_t kind : {std::uint8_t{0}, std::uint8_t{43}, std::uint8_t{60}}) {
    const Ipv6Chain chain = walk_ipv6_chain(
        kind,
        hex("0602 0000 00000000 0000000000000000"
            "0000000000000000 aabb"));
    EXPECT_EQ(chain.protocol, kTcp) << int{kind};
    EXPECT_EQ(chain.size, 24U) << int{kind};
    EXPECT_TRUE(chain.has_headers) << int{kind};
  }
}

/// RFC 4302 §2.2: with a 96-bit integrity check value the header has 24 bytes and the field says 4.
TEST(Ipv6Chain, CountsAuthenticationInUnitsOfFourBytesWithoutTheFirstTwo) {
  const Bytes header = hex("0604 0000 00000001 00000002 000000000000000000000000 aabb");
  const Ipv6Chain chain = walk_ipv6_chain(51, header);
  EXPECT_EQ(chain.protocol, kTcp);
  EXPECT_EQ(chain.size, 24U);
  EXPECT_EQ(chain.end, HeaderEnd::Complete);
  EXPECT_EQ(walk_ipv6_chain(51, std::span{header}.first(23)).end, HeaderEnd::Cut);
  EXPECT_EQ(walk_ipv6_chain(51, hex("0600 0000 00000001 aabb")).size, 8U) << "the smallest length";
}

TEST(Ipv6Chain, ReadsTheFragmentHeader) {
  // The second byte is reserved: it is not a length.
  const Ipv6Chain first = walk_ipv6_chain(44, hex("06ff 0001 0a0b0c0d aabb"));
  ASSERT_TRUE(first.fragment);
  EXPECT_EQ(first.fragment->offset, 0);
  EXPECT_TRUE(first.fragment->more);
  EXPECT_EQ(first.fragment->id, 0x0a0b0c0dU);
  EXPECT_EQ(first.size, 8U);
  EXPECT_EQ(first.protocol, kTcp);
}

TEST(Ipv6Chain, DoesNotReadBeyondALaterFragment) {
  // Destination options are announced, but the bytes belong to the middle of another header.
  const Ipv6Chain later = walk_ipv6_chain(44, hex("3c00 05a8 0a0b0c0d 0600 0000 00000000"));
  EXPECT_EQ(later.fragment->offset, 1448);
  EXPECT_FALSE(later.fragment->more);
  EXPECT_EQ(later.protocol, 60);
  EXPECT_EQ(later.size, 8U);
  EXPECT_EQ(later.end, HeaderEnd::Complete);
}

TEST(Ipv6Chain, EndsAtEspAndAtNoNextHeader) {
  for (const std::uint8_t last : {std::uint8_t{50}, std::uint8_t{59}}) {
    Bytes header = hex("0000 010400000000 0600 010400000000");
    header.front() = last;
    const Ipv6Chain chain = walk_ipv6_chain(0, header);
    EXPECT_EQ(chain.protocol, last);
    EXPECT_EQ(chain.size, 8U);
    EXPECT_EQ(chain.end, HeaderEnd::Complete);
    EXPECT_EQ(walk_ipv6_chain(last, header).size, 0U);
  }
}

TEST(Ipv6Chain, NoticesSegmentsLeft) {
  EXPECT_TRUE(walk_ipv6_chain(43, hex("0600 0201 00000000")).source_routed);
  EXPECT_FALSE(walk_ipv6_chain(43, hex("0600 0200 00000000")).source_routed);
}

TEST(Ipv6Chain, StopsInFrontOfAHeaderThatIsCut) {
  const Bytes two = hex("3c00 010400000000 0601 010c 000000000000000000000000");
  for (std::size_t size = 0; size < two.size(); ++size) {
    const Ipv6Chain chain = walk_ipv6_chain(0, std::span{two}.first(size));
    EXPECT_EQ(chain.end, HeaderEnd::Cut) << size;
    EXPECT_EQ(chain.size, size < 8 ? 0U : 8U) << size;
    EXPECT_EQ(chain.protocol, size < 8 ? 0 : 60) << size;
    EXPECT_TRUE(chain.has_headers) << size;
  }
  EXPECT_EQ(walk_ipv6_chain(0, two).size, 24U);
}

TEST(Ipv6Chain, GivesUpBehindSixteenHeaders) {
  const auto chain_of = [](int count) {
    Bytes bytes;
    for (int i = 1; i <= count; ++i) {
      const Bytes next = hex(i == count ? "0600 010400000000" : "3c00 010400000000");
      bytes.insert(bytes.end(), next.begin(), next.end());
    }
    return walk_ipv6_chain(60, bytes);
  };
  EXPECT_EQ(chain_of(kIpv6ExtensionsMax).end, HeaderEnd::Complete);
  EXPECT_EQ(chain_of(kIpv6ExtensionsMax).protocol, kTcp);
  EXPECT_EQ(chain_of(kIpv6ExtensionsMax + 1).end, HeaderEnd::Malformed);
  EXPECT_EQ(chain_of(200).size, 128U);
}

}  // namespace
}  // namespace synroute::wire
