// SPDX-License-Identifier: Apache-2.0
#include "cli/target.hpp"

#include <gtest/gtest.h>

#include <map>

namespace synroute::cli {
namespace {

/// As /etc/services knows them; tests must not depend on the machine's.
std::optional<Port> services(const std::string& name) {
  static const std::map<std::string, Port> kServices = {
      {"http", Port{80}}, {"https", Port{443}}, {"ssh", Port{22}}, {"imaps", Port{993}}};
  const auto row = kServices.find(name);
  return row != kServices.end() ? std::optional{row->second} : std::nullopt;
}

struct Spelling {
  std::string name;
  std::string text;
  std::string host;
  std::optional<std::uint16_t> port;
  std::string zone;
  bool address = false;
};
void PrintTo(const Spelling& row, std::ostream* to) {
  *to << row.name;
}

class Spelled : public testing::TestWithParam<Spelling> {};

TEST_P(Spelled, IsUnderstood) {
  const Spelling& row = GetParam();
  const auto target = read_target(row.text, services);
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->input, row.text);
  EXPECT_EQ(target->host, row.host);
  EXPECT_EQ(target->port, row.port ? std::optional{Port{*row.port}} : std::nullopt);
  EXPECT_EQ(target->zone, row.zone);
  EXPECT_EQ(target->address.has_value(), row.address);
}

INSTANTIATE_TEST_SUITE_P(
    Target,
    Spelled,
    testing::Values(
        Spelling{"Name", "example.org", "example.org", {}, "", false},
        Spelling{"NameWithPort", "example.org:443", "example.org", 443, "", false},
        Spelling{"NameWithService", "example.org:ssh", "example.org", 22, "", false},
        Spelling{"NameWithFinalDot", "example.org.", "example.org.", {}, "", false},
        Spelling{"NameWithUnderscore", "_a_.example", "_a_.example", {}, "", false},
        Spelling{"NameBeyondAscii", "bücher.example", "xn--bcher-kva.example", {}, "", false},
        Spelling{"NameWithPortAndPath", "example.org:443/x/y", "example.org", 443, "", false},
        Spelling{"NameWithPath", "example.org/x", "example.org", {}, "", false},
        Spelling{"V6WithPortAndPath", "[2001:db8::1]:443/x", "2001:db8::1", 443, "", true},
        Spelling{"V4", "192.0.2.1", "192.0.2.1", {}, "", true},
        Spelling{"V4WithPort", "192.0.2.1:8080", "192.0.2.1", 8080, "", true},
        Spelling{"V6", "2001:db8::1", "2001:db8::1", {}, "", true},
        Spelling{"V6ThatEndsLikeAPort", "2001:db8::443", "2001:db8::443", {}, "", true},
        Spelling{"V6InBrackets", "[2001:db8::1]", "2001:db8::1", {}, "", true},
        Spelling{"V6WithPort", "[2001:db8::1]:25", "2001:db8::1", 25, "", true},
        Spelling{"V6WithZone", "fe80::1%eth0", "fe80::1", {}, "eth0", true},
        Spelling{"V6WithZoneAndPort", "[fe80::1%eth0.10]:22", "fe80::1", 22, "eth0.10", true},
        Spelling{"V4Mapped", "::ffff:192.0.2.1", "192.0.2.1", {}, "", true},
        Spelling{"V4MappedWithPort", "[::ffff:c000:201]:443", "192.0.2.1", 443, "", true},
        Spelling{"Https", "https://example.org/a/b?c#d", "example.org", 443, "", false},
        Spelling{"Http", "HTTP://example.org", "example.org", 80, "", false},
        Spelling{"UrlWithPort", "https://example.org:8443/", "example.org", 8443, "", false},
        Spelling{"UrlWithEmptyPort", "http://example.org:/", "example.org", 80, "", false},
        Spelling{"UrlWithUser", "https://a:b@c@example.org/", "example.org", 443, "", false},
        Spelling{"UrlWithPortInQuery", "http://example.org?x=:1", "example.org", 80, "", false},
        Spelling{"UrlWithV6", "https://[2001:db8::1]/", "2001:db8::1", 443, "", true},
        Spelling{"UrlWithZone", "http://[fe80::1%25eth0]:81/", "fe80::1", 81, "eth0", true},
        Spelling{"SchemeNamedLikeAService", "imaps://mail.example", "mail.example", 993, "", false},
        Spelling{"UnknownSchemeWithPort", "foo://h.example:9/", "h.example", 9, "", false}),
    [](const auto& row) { return row.param.name; });

struct Mistake {
  std::string name;
  std::string text;
  std::string says;
};
void PrintTo(const Mistake& row, std::ostream* to) {
  *to << row.name;
}

class Mistaken : public testing::TestWithParam<Mistake> {};

TEST_P(Mistaken, IsRefusedWithItsReason) {
  const auto target = read_target(GetParam().text, services);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error(), GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(
    Target,
    Mistaken,
    testing::Values(
        Mistake{"Empty", "", "'' has no host"},
        Mistake{"PortOnly", ":80", "':80' has no host"},
        Mistake{"Port0", "h:0", "'0' is not a port from 1 to 65535"},
        Mistake{"Port65536", "h:65536", "'65536' is not a port from 1 to 65535"},
        Mistake{
            "HugePort",
            "h:99999999999999999999",
            "'99999999999999999999' is not a port from 1 to 65535"},
        Mistake{"NoPort", "h:", "the port is empty"},
        Mistake{
            "UnknownService",
            "h:nosuch",
            "'nosuch' is neither a port number nor a known TCP service"},
        Mistake{"NegativePort", "h:-1", "'-1' is neither a port number nor a known TCP service"},
        Mistake{
            "Number",
            "443",
            "'443' is a number, not a host (a port is written HOST:PORT, or -p PORT)"},
        Mistake{"ShortV4", "127.1", "'127.1' is not an IPv4 address"},
        Mistake{"LargeV4", "256.0.0.1", "'256.0.0.1' is not an IPv4 address"},
        Mistake{"HexV4", "0x7f.0x1", "'0x7f.0x1' is not an IPv4 address"},
        Mistake{"BadV6", "2001:db8::g", "'2001:db8::g' is not an IPv6 address"},
        Mistake{"OpenBracket", "[::1", "'[::1' has no closing bracket"},
        Mistake{"NameInBrackets", "[example.org]", "'example.org' is not an IPv6 address"},
        Mistake{
            "BehindBracket",
            "[::1]80",
            "'[::1]80' must end or continue with :PORT after the bracket"},
        Mistake{"EmptyZone", "fe80::1%", "'fe80::1%' has no interface after the %"},
        Mistake{"ZoneOfName", "host%eth0", "'host' is not an IPv6 address"},
        Mistake{"Blank", "a b", "'a b' is not a host name"},
        Mistake{
            "Range",
            "192.0.2.0/24",
            "'192.0.2.0/24' is a range of addresses: a trace takes one (synroute scan takes ranges)"},
        Mistake{
            "V6PortWithoutBrackets",
            "::1:80",
            "'::1:80' is no address of a host (port 80 of ::1 is written [::1]:80)"},
        Mistake{
            "LongV6PortWithoutBrackets",
            "2001:db8:0:0:0:0:0:1:80",
            "'2001:db8:0:0:0:0:0:1:80' is not an IPv6 address (port 80 of 2001:db8:0:0:0:0:0:1 is written [2001:db8:0:0:0:0:0:1]:80)"},
        Mistake{
            "ZonePortWithoutBrackets",
            "fe80::1%eth0:80",
            "'eth0:80' is not an interface (port 80 is written [fe80::1%eth0]:80)"},
        Mistake{
            "V4MappedWithZone",
            "::ffff:192.0.2.1%eth0",
            "'::ffff:192.0.2.1' is an IPv4 address, which has no interface"},
        Mistake{"V4WithFinalDot", "192.0.2.1.", "'192.0.2.1.' is not an IPv4 address"},
        Mistake{"EmptyLabel", "a..example", "'a..example' is not a host name"},
        Mistake{"Control", "a\x1b[31m", "'a\\x1b[31m' is not a host name"},
        Mistake{"UnknownScheme", "foo://h/", "'foo' is a scheme without a known port (add :PORT)"},
        Mistake{"UrlWithoutHost", "http:///x", "'http:///x' has no host"}),
    [](const auto& row) { return row.param.name; });

TEST(Target, NameLongerThanTheDnsAllowsIsRefused) {
  const std::string label(49, 'a');
  const std::string name = label + '.' + label + '.' + label + '.' + label + '.' + label + ".abc";
  ASSERT_EQ(name.size(), 253U);
  EXPECT_TRUE(read_target(name, services));
  EXPECT_TRUE(read_target(name + '.', services));
  EXPECT_FALSE(read_target(name + 'd', services));
}

using Words = std::vector<std::string_view>;

TEST(Operands, OneWordIsATargetOnPort80) {
  const auto read = read_operands(Words{"example.org"}, std::nullopt, services);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->targets.size(), 1U);
  EXPECT_EQ(read->targets[0].port, Port{80});
}

TEST(Operands, SecondWordIsAPortWhenItLooksLikeOne) {
  for (const std::string_view port : {"22", "ssh"}) {
    const auto read = read_operands(Words{"example.org", port}, std::nullopt, services);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->targets.size(), 1U);
    EXPECT_EQ(read->targets[0].host, "example.org");
    EXPECT_EQ(read->targets[0].port, Port{22});
  }
}

TEST(Operands, SecondWordIsATargetOtherwise) {
  const auto read = read_operands(Words{"a.example", "b.example:ssh"}, std::nullopt, services);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->targets.size(), 2U);
  EXPECT_EQ(read->targets[1].port, Port{22});
}

TEST(Operands, WrongPortInItsPlaceIsSaidToBeOne) {
  const auto read = read_operands(Words{"example.org", "65536"}, std::nullopt, services);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), "'65536' is not a port from 1 to 65535");
}

TEST(Operands, ThirdWordIsALengthBehindAPort) {
  const auto read = read_operands(Words{"example.org", "80", "1400"}, std::nullopt, services);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->targets.size(), 1U);
  EXPECT_EQ(read->packet_length, 1400);
}

TEST(Operands, ThreeNamesAreThreeTargets) {
  const auto read = read_operands(Words{"a", "ssh", "b"}, std::nullopt, services);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->targets.size(), 3U);
  EXPECT_FALSE(read->packet_length);
}

TEST(Operands, LengthAbove65535IsRefused) {
  const auto read = read_operands(Words{"example.org", "80", "65536"}, std::nullopt, services);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), "packet length: '65536' is not a whole number from 1 to 65535");
}

TEST(Operands, PortOptionServesTargetsThatNameNone) {
  const auto read = read_operands(Words{"a", "b", "c"}, Port{8080}, services);
  ASSERT_TRUE(read);
  for (const tracer::TargetRequest& target : read->targets) {
    EXPECT_EQ(target.port, Port{8080});
  }
}

TEST(Operands, PortOptionBeatsTheSchemeOfAUrl) {
  const auto read = read_operands(Words{"https://example.org/"}, Port{8443}, services);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->targets[0].port, Port{8443});
}

TEST(Operands, PortNamedTwiceIsRefused) {
  const auto operand = read_operands(Words{"a", "80"}, Port{81}, services);
  ASSERT_FALSE(operand);
  EXPECT_EQ(operand.error(), "'80' is a port, and so is -p (the source port is --sport)");
  const auto joined = read_operands(Words{"a:80"}, Port{81}, services);
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error(), "'a:80' names a port, and so does -p");
  const auto both = read_operands(Words{"a:80", "81"}, std::nullopt, services);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error(), "'a:80' names a port, and so does 81");
}

TEST(Operands, NoneIsNoTarget) {
  const auto read = read_operands(Words{}, std::nullopt, services);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->targets.empty());
}

}  // namespace
}  // namespace synroute::cli
