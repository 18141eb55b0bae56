// SPDX-License-Identifier: Apache-2.0
#include "cli/dns_name.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

TEST(DnsName, LeavesAsciiAlone) {
  EXPECT_EQ(dns_name("Example.ORG"), "Example.ORG");
  EXPECT_EQ(dns_name("example.org."), "example.org.");
  EXPECT_EQ(dns_name("_service.example"), "_service.example");
}

TEST(DnsName, IsTheFormOfTheDns) {
  EXPECT_EQ(dns_name("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(dns_name("BÜCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(dns_name("faß.example"), "xn--fa-hia.example");
  EXPECT_EQ(dns_name("東京。example"), "xn--1lqs71d.example");
}

TEST(DnsName, RefusesWhatIsNone) {
  EXPECT_EQ(dns_name("a b").error(), "is not a host name");
  EXPECT_EQ(dns_name("-a.example").error(), "is not a host name");
  EXPECT_EQ(dns_name("a..example").error(), "is not a host name");
  EXPECT_EQ(dns_name(".").error(), "is not a host name");
  EXPECT_EQ(dns_name(std::string(64, 'a') + ".example").error(), "is not a host name");
  EXPECT_TRUE(dns_name("a\u2603\u00ad\u202e.example").error().starts_with("is not a host name"));
  EXPECT_TRUE(dns_name("\xff.example").error().starts_with("is not a host name"));
}

}  // namespace
}  // namespace synroute::cli
