// SPDX-License-Identifier: Apache-2.0
#include "wire/link_layer.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::Bytes;
using testing::hex;
using testing::to_hex;

TEST(IpPayload, TakesEthernetOffWithItsTags) {
  const std::string addresses = "020000000001 020000000002";
  for (const std::string_view tags :
       {"0800", "86dd", "8100 0064 0800", "88a8 0001 8100 0064 86dd"}) {
    const Bytes frame = hex(addresses + std::string{tags} + "cafe");
    const auto payload = ip_payload(LinkType::Ethernet, frame);
    ASSERT_TRUE(payload) << tags;
    EXPECT_EQ(to_hex(payload->packet), "cafe");
    EXPECT_FALSE(payload->outgoing);
  }
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(addresses + "0806 cafe")));
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(addresses + "8100 0064")));
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex("0200")));
}

TEST(IpPayload, TakesLinuxCookedOffAndTellsTheDirection) {
  const Bytes sent = hex("0004 0001 0006 020000000001 0000 0800 cafe");
  const auto outgoing = ip_payload(LinkType::LinuxCooked, sent);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(to_hex(outgoing->packet), "cafe");
  EXPECT_EQ(outgoing->outgoing, true);
  const Bytes received = hex("0000 0001 0006 020000000001 0000 86dd cafe");
  EXPECT_EQ(ip_payload(LinkType::LinuxCooked, received)->outgoing, false);
  EXPECT_FALSE(ip_payload(LinkType::LinuxCooked, hex("0000 0001 0006 020000000001 0000 0806 ca")));
}

TEST(IpPayload, TakesLinuxCookedVersion2Off) {
  const Bytes frame = hex("0800 0000 00000002 0001 04 06 0200000000010000 cafe");
  const auto payload = ip_payload(LinkType::LinuxCooked2, frame);
  ASSERT_TRUE(payload);
  EXPECT_EQ(to_hex(payload->packet), "cafe");
  EXPECT_EQ(payload->outgoing, true);
  EXPECT_FALSE(ip_payload(LinkType::LinuxCooked2, std::span{frame}.first(19)));
}

TEST(IpPayload, TakesTheFamilyOfALoopbackOff) {
  for (const LinkType link : {LinkType::Null, LinkType::Loop}) {
    EXPECT_EQ(to_hex(ip_payload(link, hex("02000000 45"))->packet), "45");
    EXPECT_FALSE(ip_payload(link, hex("020000")));
  }
}

TEST(IpPayload, KnowsNoOtherLink) {
  EXPECT_EQ(ip_payload(LinkType::Raw, hex("45"))->packet.size(), 1U);
  EXPECT_FALSE(ip_payload(LinkType{105}, hex("4500")));
}

}  // namespace
}  // namespace synroute::wire
