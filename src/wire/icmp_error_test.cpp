// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_error.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::Bytes;
using testing::hex;

const Bytes kLabel = hex("2000993a 00080101 04bb4101");

TEST(IcmpError, QuotesTheWholeProbe) {
  const Bytes probe = bytes(testing::syn(Family::V4));
  const auto message = make_icmp_error(Family::V4, {.type = 11, .offending = probe});
  EXPECT_EQ(message.payload, probe);
  EXPECT_EQ(message.rest, 0U);
  ASSERT_TRUE(message.quote);
  EXPECT_EQ(message.quote->tcp->source_port, Port{45002});
}

TEST(IcmpError, QuotesAsLittleAsAsked) {
  const auto v4 = make_icmp_error(
      Family::V4,
      {.type = 11, .offending = bytes(testing::syn(Family::V4)), .transport_bytes_max = 8});
  EXPECT_EQ(v4.payload.size(), 28U);
  const Bytes probe = bytes(testing::syn(Family::V6));
  const auto v6 =
      make_icmp_error(Family::V6, {.type = 3, .offending = probe, .transport_bytes_max = 8});
  EXPECT_EQ(v6.payload.size(), 48U);
}

TEST(IcmpError, StaysWithinTheSizesOfTheRfcs) {
  for (const Family family : {Family::V4, Family::V6}) {
    Datagram large = testing::syn(family);
    std::get<TcpSegment>(large.body).payload.resize(1400);
    const Bytes probe = bytes(large);
    const bool v4 = family == Family::V4;
    const auto message = make_icmp_error(
        family, {.type = static_cast<std::uint8_t>(v4 ? 11 : 3), .offending = probe});
    EXPECT_EQ(message.payload.size(), v4 ? 548U : 1232U);
    EXPECT_EQ(message.quote->tcp->checksum, Checksum::Unknown);
  }
}

TEST(IcmpError, PadsTheQuoteBeforeAnExtension) {
  for (const Family family : {Family::V4, Family::V6}) {
    const bool v4 = family == Family::V4;
    const Bytes probe = bytes(testing::syn(family));
    const auto message = make_icmp_error(
        family,
        {.type = static_cast<std::uint8_t>(v4 ? 11 : 3), .offending = probe, .extension = kLabel});
    EXPECT_EQ(message.payload.size(), 128 + kLabel.size());
    EXPECT_EQ(message.rest, v4 ? 0x00200000U : 0x10000000U);  // 32 words of 4, 16 words of 8
    EXPECT_EQ(message.extensions.mpls, (std::vector<MplsLabel>{{19380, 0, true, 1}}));
    EXPECT_EQ(message.quote->tcp->checksum, Checksum::Good);
  }
}

TEST(IcmpError, CanCountWronglyAsRoutersDo) {
  const Bytes probe = bytes(testing::syn(Family::V4));
  for (const std::uint8_t words : Bytes{0, 17}) {
    const auto message = make_icmp_error(
        Family::V4, {.type = 11, .offending = probe, .extension = kLabel, .length_words = words});
    EXPECT_EQ(message.rest, length_field(Family::V4, words));
    EXPECT_EQ(message.extensions.mpls.size(), 1U);
  }
  const auto lost = make_icmp_error(
      Family::V4, {.type = 11, .offending = probe, .extension = kLabel, .length_words = 255});
  EXPECT_TRUE(lost.extensions.mpls.empty());
}

TEST(IcmpError, WritesTheNextHopMtu) {
  const Bytes v4 = bytes(testing::syn(Family::V4));
  const auto needed =
      make_icmp_error(Family::V4, {.type = 3, .code = 4, .mtu = 1400, .offending = v4});
  EXPECT_EQ(next_hop_mtu(Family::V4, needed), 1400U);
  const Bytes v6 = bytes(testing::syn(Family::V6));
  const auto too_big = make_icmp_error(Family::V6, {.type = 2, .mtu = 1280, .offending = v6});
  EXPECT_EQ(next_hop_mtu(Family::V6, too_big), 1280U);
  const auto host =
      make_icmp_error(Family::V4, {.type = 3, .code = 1, .mtu = 1400, .offending = v4});
  EXPECT_EQ(host.rest, 0U);
}

TEST(IcmpError, LeavesTheExtensionOutOfPacketTooBig) {
  const Bytes probe = bytes(testing::syn(Family::V6));
  const auto message = make_icmp_error(
      Family::V6, {.type = 2, .mtu = 1280, .offending = probe, .extension = kLabel});
  EXPECT_EQ(message.payload, probe);
  EXPECT_EQ(message.rest, 1280U);
}

TEST(IcmpError, IsWhatAReceiverReads) {
  for (const Family family : {Family::V4, Family::V6}) {
    const Datagram sent = testing::time_exceeded(family);
    const auto received = dissect(bytes(sent));
    ASSERT_TRUE(received && received->icmp());
    EXPECT_EQ(*received->icmp(), *sent.icmp());
  }
}

TEST(IcmpError, QuotesBytesThatAreNoPacket) {
  const auto message = make_icmp_error(Family::V4, {.type = 11, .offending = hex("0102030405")});
  EXPECT_EQ(message.payload.size(), 5U);
  EXPECT_FALSE(message.quote);
}

}  // namespace
}  // namespace synroute::wire
