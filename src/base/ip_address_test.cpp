// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace synroute {
namespace {

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}

/// What parse() makes of the text and to_string() of that; "refused" when it is no address.
std::string canonical(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  return parsed ? parsed->to_string() : "refused";
}

TEST(IpAddress, ReadsDottedQuads) {
  EXPECT_EQ(address("192.0.2.7").v4_bits(), 0xc0000207U);
  EXPECT_EQ(canonical("0.0.0.0"), "0.0.0.0");
  EXPECT_EQ(canonical("255.255.255.255"), "255.255.255.255");
}

TEST(IpAddress, RefusesWhatOnlySomeTakeForAQuad) {
  for (const std::string_view text :
       {"",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.04",
        "010.1.1.1",
        "0x7f.0.0.1",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        " 1.2.3.4",
        "1.2.3.4 ",
        "+1.2.3.4",
        "-1.2.3.4",
        "1.2.3.4%1",
        "1.2.3.4/24"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

// The rules of RFC 5952 §4.
TEST(IpAddress, WritesIpv6AsEverybodyElse) {
  EXPECT_EQ(canonical("2001:0DB8:0000:0000:0000:0000:0002:0001"), "2001:db8::2:1");
  EXPECT_EQ(canonical("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(canonical("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(canonical("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(canonical("::"), "::");
  EXPECT_EQ(canonical("::1"), "::1");
  EXPECT_EQ(canonical("1::"), "1::");
  EXPECT_EQ(canonical("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(canonical("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  EXPECT_EQ(canonical("64:ff9b::192.0.2.1"), "64:ff9b::c000:201");
  EXPECT_EQ(canonical("1:2:3:4:5:6:1.2.3.4"), "1:2:3:4:5:6:102:304");
}

TEST(IpAddress, RefusesWhatIsNoIpv6) {
  for (const std::string_view text :
       {":",
        ":::",
        "1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "1::2::3",
        "::12345",
        "::g",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "::1.2.3",
        "::256.1.1.1",
        "[::1]",
        "::1%",
        "::1%eth0",
        "::1%-1",
        "::1%1%2",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::0x1"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, KeepsTheZoneOutOfComparisonAndText) {
  const IpAddress zoned = address("fe80::1%3");
  EXPECT_EQ(zoned.zone(), 3U);
  EXPECT_EQ(zoned, address("fe80::1"));
  EXPECT_EQ(zoned.to_string(), "fe80::1");
  EXPECT_EQ(std::hash<IpAddress>{}(zoned), std::hash<IpAddress>{}(address("fe80::1")));
}

TEST(IpAddress, ReadsWhatItWrites) {
  Random random{5952};
  for (int round = 0; round < 20000; ++round) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = random.chance(0.5) ? 0 : static_cast<std::uint8_t>(random.next());
    }
    const IpAddress v6 = IpAddress::v6(bytes);
    EXPECT_EQ(address(v6.to_string()), v6);
    const IpAddress v4 = IpAddress::v4(static_cast<std::uint32_t>(random.next()));
    EXPECT_EQ(address(v4.to_string()), v4);
    EXPECT_EQ(IpAddress::v4(v4.v4_bits()), v4);
  }
}

TEST(IpAddress, NeverEqualsOneOfTheOtherFamily) {
  EXPECT_NE(address("0.0.0.0"), address("::"));
  EXPECT_LT(address("255.255.255.255"), address("::"));
}

TEST(IpAddress, SortsByNumber) {
  std::vector<IpAddress> addresses{address("10.0.0.10"), address("10.0.0.9"), address("9.255.0.0")};
  std::ranges::sort(addresses);
  EXPECT_EQ(addresses.front(), address("9.255.0.0"));
  EXPECT_EQ(addresses.back(), address("10.0.0.10"));
}

TEST(IpAddress, KnowsTheKindsOfAddresses) {
  EXPECT_TRUE(address("::").is_unspecified());
  EXPECT_FALSE(address("0.0.0.1").is_unspecified());
  EXPECT_TRUE(address("127.255.0.1").is_loopback());
  EXPECT_TRUE(address("::1").is_loopback());
  EXPECT_FALSE(address("::2").is_loopback());
  EXPECT_TRUE(address("239.1.1.1").is_multicast());
  EXPECT_FALSE(address("240.1.1.1").is_multicast());
  EXPECT_TRUE(address("ff02::1").is_multicast());
  EXPECT_TRUE(address("169.254.1.1").is_link_local());
  EXPECT_TRUE(address("febf::1").is_link_local());
  EXPECT_FALSE(address("fec0::1").is_link_local());
}

TEST(IpAddress, KnowsTheEdgesOfRfc1918) {
  for (const std::string_view inside :
       {"10.0.0.0",
        "10.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255"}) {
    EXPECT_TRUE(address(inside).is_rfc1918()) << inside;
  }
  for (const std::string_view outside :
       {"9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "100.64.0.1",
        "fd00::1"}) {
    EXPECT_FALSE(address(outside).is_rfc1918()) << outside;
  }
}

TEST(IpAddress, HashesApart) {
  std::unordered_set<std::size_t> hashes;
  for (std::uint32_t bits = 0; bits < 100000; ++bits) {
    hashes.insert(std::hash<IpAddress>{}(IpAddress::v4(bits)));
  }
  EXPECT_EQ(hashes.size(), 100000U);
}

TEST(Prefix, ContainsItsRangeAndNoMore) {
  const auto prefix = Prefix::parse("192.0.2.128/25").value();
  EXPECT_TRUE(prefix.contains(address("192.0.2.128")));
  EXPECT_TRUE(prefix.contains(address("192.0.2.255")));
  EXPECT_FALSE(prefix.contains(address("192.0.2.127")));
  EXPECT_FALSE(prefix.contains(address("192.0.3.128")));
  const auto v6 = Prefix::parse("2001:db8::/33").value();
  EXPECT_TRUE(v6.contains(address("2001:db8:7fff::1")));
  EXPECT_FALSE(v6.contains(address("2001:db8:8000::1")));
}

TEST(Prefix, OfLengthZeroHoldsTheWholeFamily) {
  const auto all = Prefix::parse("0.0.0.0/0").value();
  EXPECT_TRUE(all.contains(address("255.1.2.3")));
  EXPECT_FALSE(all.contains(address("::1")));
}

TEST(Prefix, IsOneAddressWithoutALength) {
  EXPECT_EQ(Prefix::parse("192.0.2.1")->length, 32);
  EXPECT_EQ(Prefix::parse("2001:db8::1")->length, 128);
  EXPECT_EQ(Prefix::parse("2001:db8::/32")->to_string(), "2001:db8::/32");
}

TEST(Prefix, RefusesALengthThatCannotBe) {
  for (const std::string_view text :
       {"192.0.2.0/33",
        "2001:db8::/129",
        "192.0.2.0/",
        "192.0.2.0/-1",
        "192.0.2.0/256",
        "/24",
        "192.0.2.0/24/8",
        "192.0.2.0/ 8"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

}  // namespace
}  // namespace synroute
