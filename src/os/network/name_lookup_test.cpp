// SPDX-License-Identifier: Apache-2.0
#include "os/network/name_lookup.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <net/if.h>

namespace synroute::os {
namespace {

// Only what the machine answers by itself: addresses, /etc/hosts, /etc/services.

TEST(LookUp, TakesAddressesAsTheyAre) {
  EXPECT_EQ(
      look_up("192.0.2.7", std::nullopt).value(), std::vector{*IpAddress::parse("192.0.2.7")});
  EXPECT_EQ(
      look_up("2001:db8::7", Family::V6).value(), std::vector{*IpAddress::parse("2001:db8::7")});
}

TEST(LookUp, FindsLocalhostOnce) {
  const auto found = look_up("localhost", Family::V4);
  ASSERT_TRUE(found);
  EXPECT_EQ(std::ranges::count(*found, *IpAddress::parse("127.0.0.1")), 1);
}

TEST(LookUp, ReadsAZoneByItsName) {
  const auto found = look_up("fe80::1%lo", std::nullopt);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->front().zone(), ::if_nametoindex("lo"));
}

TEST(LookUp, SaysWhenOnlyTheFamilyIsMissing) {
  EXPECT_EQ(look_up("192.0.2.7", Family::V6).error().kind, LookupError::NoAddressOfFamily);
  EXPECT_EQ(look_up("::1", Family::V4).error().kind, LookupError::NoAddressOfFamily);
}

TEST(LookUp, SaysWhenThereIsNoSuchName) {
  // Not a possible name, so no server is asked.
  const auto found = look_up("no such name", Family::V4);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().kind, LookupError::NoAddressOfFamily);
  EXPECT_FALSE(found.error().text.empty());
}

TEST(ServicePort, KnowsTcpServices) {
  EXPECT_EQ(service_port("http"), Port{80});
  EXPECT_EQ(service_port("https"), Port{443});
  EXPECT_EQ(service_port("no-such-service"), std::nullopt);
}

TEST(ServiceName, IsTheCanonicalOne) {
  EXPECT_EQ(service_name(Port{80}), "http");
  EXPECT_EQ(service_name(Port{443}), "https");
  EXPECT_EQ(service_name(Port{1}), "tcpmux");
  EXPECT_EQ(service_name(Port{65535}), "");
}

}  // namespace
}  // namespace synroute::os
