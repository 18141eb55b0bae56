// SPDX-License-Identifier: Apache-2.0
#include "wire/link_layer.hpp"

#include "wire/link_protocols.hpp"
#include "wire/packets_for_tests.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

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

constexpr std::string_view kMacs = "020000000001 020000000002";

TEST(IpPayload, TakesStacksOfTagsAndLabelsOff) {
  for (const std::string_view stack :
       {"9100 0005 8100 0006 0800",
        "8100 0005 8100 0006 8100 0007 86dd",
        "88a8 0001 9200 0001 9300 0001 0800"}) {
    const auto payload = ip_payload(LinkType::Ethernet, hex(fmt::format("{}{}cafe", kMacs, stack)));
    EXPECT_TRUE(payload) << stack;
  }
  const Bytes labels = hex(fmt::format("{}8847 00010040 00020140 45", kMacs));
  EXPECT_EQ(to_hex(ip_payload(LinkType::Ethernet, labels)->packet), "45");
  // No IP behind the labels; no bottom of the stack.
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(fmt::format("{}8847 00010140 00", kMacs))));
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(fmt::format("{}8847 00010040 45", kMacs))));
}

TEST(IpPayload, TakesPppoeOffAndLeavesItsPaddingOut) {
  const Bytes frame = hex(fmt::format("{}8864 11 00 0001 0004 0021 cafe 0000", kMacs));
  EXPECT_EQ(to_hex(ip_payload(LinkType::Ethernet, frame)->packet), "cafe");
  EXPECT_EQ(
      to_hex(ip_payload(LinkType::PppEthernet, hex("11 00 0001 0004 0057 cafe"))->packet), "cafe");
  EXPECT_FALSE(ip_payload(LinkType::PppEthernet, hex("11 a7 0001 0004 0021 cafe")));
}

struct Vector {
  LinkType link_type;
  std::string_view frame;
  std::optional<bool> outgoing = std::nullopt;
};

TEST(IpPayload, FindsThePacketBehindEveryHeader) {
  const Vector vectors[] = {
      {LinkType::Ppp, "0021 cafe"},
      {LinkType::Ppp, "ff03 0057 cafe"},
      {LinkType::Ppp, "21 cafe"},
      {LinkType::PppHdlc, "ff03 0021 cafe"},
      {LinkType::PppHdlc, "0f00 0800 cafe"},
      {LinkType::PppPppd, "01 0021 cafe", true},
      {LinkType::PppDirection, "00 ff03 0021 cafe", false},
      {LinkType::CiscoHdlc, "0f00 86dd cafe"},
      {LinkType::CiscoHdlcDirection, "01 0f00 0800 cafe", true},
      {LinkType::AtmRfc1483, "aaaa03 000000 0800 cafe"},
      {LinkType::RawOpenBsd, "cafe"},
      {LinkType::NfLog, "02 00 0000 0500 0a00 00 000000 0600 0900 cafe"},
      {LinkType::NfLog, "02 00 0000 0006 0009 cafe"},
      {LinkType::LinuxCooked,
       "0004 0001 0006 020000000001 0000 8100 0005 9100 0006 0800 cafe",
       true},
      {LinkType::LinuxCooked2,
       "8100 0000 00000002 0001 00 06 0200000000010000 0005 0800 cafe",
       false},
      {LinkType::Pktap,
       "2c000000 01000000 01000000 656e3000000000000000000000000000 0000000000000000 02000000"
       "02000000 020000000001 020000000002 0800 cafe",
       true},
  };
  for (const Vector& vector : vectors) {
    const Bytes frame = hex(vector.frame);
    const auto payload = ip_payload(vector.link_type, frame);
    ASSERT_TRUE(payload) << vector.frame;
    EXPECT_EQ(to_hex(payload->packet), "cafe") << vector.frame;
    EXPECT_EQ(payload->outgoing, vector.outgoing) << vector.frame;
    EXPECT_TRUE(is_read(vector.link_type));
    for (std::size_t size = 0; size < frame.size(); ++size) {
      static_cast<void>(ip_payload(vector.link_type, std::span{frame}.first(size)));
    }
  }
}

TEST(IpPayload, TakesWifiOffUnlessItIsEncrypted) {
  const std::string addresses = "020000000001 020000000002 020000000003 0000";
  const std::string snap = "aaaa03 000000 0800 cafe";
  const auto read = [&](LinkType type, const std::string& before, const std::string& between = "") {
    const auto frame = hex(before + addresses + between + snap);  // which the payload is a part of
    const auto payload = ip_payload(type, frame);
    return payload ? to_hex(payload->packet) : "";
  };
  EXPECT_EQ(read(LinkType::Wifi, "0801 0000"), "cafe");
  EXPECT_EQ(read(LinkType::Wifi, "8801 0000", "0000"), "cafe");
  EXPECT_EQ(read(LinkType::Wifi, "0803 0000", "020000000004"), "cafe");
  EXPECT_EQ(read(LinkType::Wifi, "0841 0000"), "");
  EXPECT_EQ(read(LinkType::Wifi, "4801 0000"), "");
  EXPECT_EQ(read(LinkType::WifiRadiotap, "00 00 0800 00000000 0801 0000"), "cafe");
  // A timer, and flags that tell of padding behind a header of 26 bytes.
  EXPECT_EQ(
      read(
          LinkType::WifiRadiotap, "00 00 1100 03000000 0000000000000000 20 8801 0000", "0000 0000"),
      "cafe");
}

TEST(IpPayload, TakesThePfLogHeaderOffWithItsPadding) {
  const std::string header = "3d 02 00 00" + std::string(2 * 56, '0');
  const std::string in = header + "01 000000 cafe";
  EXPECT_EQ(to_hex(ip_payload(LinkType::PfLog, hex(in))->packet), "cafe");
  EXPECT_EQ(ip_payload(LinkType::PfLog, hex(in))->outgoing, false);
  EXPECT_EQ(ip_payload(LinkType::PfLog, hex(header + "02 000000 cafe"))->outgoing, true);
  EXPECT_FALSE(ip_payload(LinkType::PfLog, hex(header + "02")));
}

TEST(IpPayload, NamesTheLinkTypesThatItDoesNotRead) {
  EXPECT_EQ(ip_payload(LinkType::Raw, hex("45"))->packet.size(), 1U);
  EXPECT_FALSE(ip_payload(LinkType{147}, hex("4500")));
  EXPECT_FALSE(is_read(LinkType{147}));
  EXPECT_EQ(name_of(LinkType{147}), "USER0");
  EXPECT_EQ(name_of(LinkType{9999}), "");
}

TEST(TunnelledPacket, IsFoundInIpInIpAndGreOneLevelDeep) {
  const auto carrying = [](std::string_view protocol, std::string_view inner) {
    const auto length = 20 + hex(inner).size();
    return hex(fmt::format(
        "4500 {:04x} 0001 0000 40 {} 0000 c0000201 c0000202 {}", length, protocol, inner));
  };
  const auto inside = [&](std::string_view protocol, std::string_view inner) {
    const Bytes packet = carrying(protocol, inner);
    const auto found = tunnelled_packet(packet);
    return found ? to_hex(*found) : "";
  };
  EXPECT_EQ(inside("04", "45cafe"), "45cafe");
  EXPECT_EQ(inside("29", "60cafe"), "60cafe");
  EXPECT_EQ(inside("2f", "0000 0800 45"), "45");
  EXPECT_EQ(inside("2f", "b000 86dd 00000000 00000001 00000002 60"), "60");
  EXPECT_EQ(inside("2f", "0000 6558 020000000001 020000000002 0800 45"), "45");
  EXPECT_EQ(inside("2f", "3001 880b 00040000 00000000 0021 45"), "");  // PPTP
  EXPECT_EQ(inside("06", "45cafe"), "");
}

}  // namespace
}  // namespace synroute::wire
