// SPDX-License-Identifier: Apache-2.0
#include "wire/ip.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::Bytes;
using testing::hex;

/// An IPv6 header with this next header and payload length, and what follows it.
Bytes v6_packet(std::uint8_t next_header, const Bytes& payload) {
  Bytes packet =
      hex("6e012345 0000 00 40"
          "20010db8000000000000000000000001 20010db8000000000000000000000002");
  packet[5] = static_cast<std::uint8_t>(payload.size());
  packet[6] = next_header;
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

TEST(IpHeader, ReadsIpv4) {
  const auto read = read_ip_header(hex("4580 0040 0011 4000 0106 5bf2 c0a80115 8efacc8e"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Complete);
  EXPECT_EQ(read->header.source.to_string(), "192.168.1.21");
  EXPECT_EQ(read->header.destination.to_string(), "142.250.204.142");
  EXPECT_EQ(read->header.ttl, Ttl{1});
  EXPECT_EQ(read->header.tos, 0x80);
  EXPECT_EQ(read->header.id, 17);
  EXPECT_EQ(read->header.protocol, 6);
  EXPECT_EQ(read->header.total_length, 64U);
  EXPECT_EQ(read->header.header_size, 20U);
  EXPECT_TRUE(read->header.dont_fragment);
  EXPECT_FALSE(read->header.has_options);
}

TEST(IpHeader, ReadsIpv4FragmentOffsetInBytes) {
  const auto read = read_ip_header(hex("4500 0040 0011 3fff 0106 5bf2 c0a80115 8efacc8e"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->header.more_fragments);
  EXPECT_EQ(read->header.fragment_offset, 65528);
}

TEST(IpHeader, CountsIpv4Options) {
  const auto read = read_ip_header(hex("4600 0018 0011 0000 0106 0000 c0a80115 8efacc8e 94040000"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->header.header_size, 24U);
  EXPECT_TRUE(read->header.has_options);
}

TEST(IpHeader, SaysWhenIpv4OptionsAreCut) {
  const auto read = read_ip_header(hex("4f00 0040 0011 0000 0106 0000 c0a80115 8efacc8e 9404"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Cut);
}

TEST(IpHeader, RefusesAHeaderLengthBelowFive) {
  const auto read = read_ip_header(hex("4400 0040 0011 0000 0106 0000 c0a80115 8efacc8e"));
  EXPECT_EQ(read.error(), DissectError::BadHeader);
}

TEST(IpHeader, RefusesOtherVersions) {
  EXPECT_EQ(read_ip_header(hex("00000000")).error(), DissectError::NotIp);
  EXPECT_EQ(read_ip_header(hex("ffffffff")).error(), DissectError::NotIp);
  EXPECT_EQ(read_ip_header({}).error(), DissectError::Truncated);
}

TEST(IpHeader, ReadsIpv6) {
  const auto read = read_ip_header(v6_packet(6, Bytes(20)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->header.source.to_string(), "2001:db8::1");
  EXPECT_EQ(read->header.ttl, Ttl{64});
  EXPECT_EQ(read->header.tos, 0xe0);
  EXPECT_EQ(read->header.flow_label, 0x12345U);
  EXPECT_EQ(read->header.protocol, 6);
  EXPECT_EQ(read->header.total_length, 60U);
  EXPECT_EQ(read->header.header_size, 40U);
  EXPECT_FALSE(read->header.has_options);
}

TEST(IpHeader, FollowsEveryIpv6ExtensionHeader) {
  // Hop-by-hop, destination options (16 bytes), routing (no hops to go), authentication (24 bytes),
  // atomic fragment, TCP.
  const auto read = read_ip_header(v6_packet(
      0,
      hex("3c00 010400000000  2b01 010c000000000000000000000000  3300 0200 00000000"
          "2c04 0000 00000001 00000002 000000000000000000000000  0600 0000 0a0b0c0d"
          "aabb")));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Complete);
  EXPECT_EQ(read->header.protocol, 6);
  EXPECT_EQ(read->header.header_size, 40U + 8 + 16 + 8 + 24 + 8);
  EXPECT_EQ(read->header.id, 0x0c0d);
  EXPECT_TRUE(read->header.has_options);
  EXPECT_FALSE(read->source_routed);
}

TEST(IpHeader, NoticesARouteThatIsNotFinished) {
  const auto read = read_ip_header(v6_packet(43, hex("0600 0201 00000000")));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->source_routed);
}

TEST(IpHeader, StopsAtAFragmentThatIsNotTheFirst) {
  // The bytes behind it look like another extension header, but are the middle of something.
  const auto read = read_ip_header(v6_packet(44, hex("0000 05a9 0a0b0c0d 0000 0000")));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Complete);
  EXPECT_EQ(read->header.header_size, 48U);
  EXPECT_EQ(read->header.fragment_offset, 1448);
  EXPECT_TRUE(read->header.more_fragments);
}

TEST(IpHeader, SaysWhenAnExtensionHeaderIsCut) {
  const auto read = read_ip_header(v6_packet(0, hex("06ff 0104 00000000")));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Cut);
  EXPECT_EQ(read->header.header_size, 40U);
}

TEST(IpHeader, GivesUpOnAnEndlessChain) {
  Bytes chain;
  for (int i = 0; i < 30; ++i) {
    const auto next = hex("3c00 010400000000");
    chain.insert(chain.end(), next.begin(), next.end());
  }
  const auto read = read_ip_header(v6_packet(60, chain));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->end, HeaderEnd::Malformed);
}

TEST(IpHeader, CallsAShortFixedPartTruncated) {
  for (const Bytes& whole : {bytes(testing::syn(Family::V4)), bytes(testing::syn(Family::V6))}) {
    const std::size_t fixed = whole.size() == 60 ? 20 : 40;
    for (std::size_t size = 0; size < fixed; ++size) {
      EXPECT_EQ(read_ip_header(std::span{whole}.first(size)).error(), DissectError::Truncated);
    }
    EXPECT_TRUE(read_ip_header(std::span{whole}.first(fixed)));
  }
}

}  // namespace
}  // namespace synroute::wire
