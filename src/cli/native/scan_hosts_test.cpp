// SPDX-License-Identifier: Apache-2.0
#include "cli/native/scan_hosts.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

std::optional<Port> no_services(const std::string&) {
  return std::nullopt;
}

Read<std::vector<tracer::TargetRequest>> hosts(std::string_view word, bool yes = false) {
  return read_hosts(std::span{&word, 1}, yes, no_services);
}

TEST(ScanHosts, ExpandsAPrivatePrefixWithoutQuestion) {
  const auto found = hosts("192.168.7.9/29");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 6U);  // neither the network's address nor the broadcast
  EXPECT_EQ(found->front().host, "192.168.7.9");
  EXPECT_EQ(found->back().host, "192.168.7.14");
}

TEST(ScanHosts, ExpandsIpv6) {
  const auto found = hosts("2001:db8::/126");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 4U);
  EXPECT_EQ(found->back().host, "2001:db8::3");
}

TEST(ScanHosts, AsksBeforePublicOrLargePrefixes) {
  for (const std::string_view prefix : {"8.8.8.0/28", "10.0.0.0/23", "2001:4860::/124"}) {
    EXPECT_FALSE(hosts(prefix)) << prefix;
    EXPECT_TRUE(hosts(prefix, true)) << prefix;
  }
  EXPECT_FALSE(hosts("10.0.0.0/8", true));
}

TEST(ScanHosts, AsksNothingForASingleHost) {
  EXPECT_TRUE(hosts("8.8.8.8"));
  EXPECT_TRUE(hosts("host.example"));
}

TEST(ScanHosts, WantsPortsAtTheEndOnly) {
  EXPECT_FALSE(hosts("host.example:443"));
}

TEST(ScanHosts, AsksBeforeTenMillionProbes) {
  EXPECT_FALSE(check_size(256, 65535, false));
  EXPECT_TRUE(check_size(256, 65535, true));
  EXPECT_TRUE(check_size(100, 1000, false));
}

}  // namespace
}  // namespace synroute::cli
