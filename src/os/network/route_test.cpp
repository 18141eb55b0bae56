// SPDX-License-Identifier: Apache-2.0
#include "os/network/route.hpp"

#include "os/check.hpp"
#include "os/network/port_reservation.hpp"
#include "support/network_namespace.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace synroute::os {
namespace {

IpAddress address(const char* text) {
  return *IpAddress::parse(text);
}

/// One network card with two addresses of each family, a gateway, and routes that refuse.
class RouteTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::require_namespaces()) {
      return;
    }
    place_ = std::make_unique<test::NetworkNamespace>();
    place_->run(
        "ip -batch - <<'END'\n"
        "link add card type veth peer name wire\n"
        "link set wire up\n"
        "link set card up mtu 1400\n"
        "addr add 192.0.2.7/24 dev card\n"
        "addr add 192.0.2.8/24 dev card\n"
        "addr add 2001:db8:1::7/64 dev card nodad\n"
        "addr add fe80::7/64 dev card nodad\n"
        "route add default via 192.0.2.1\n"
        "route add 198.51.100.0/24 via 192.0.2.2 src 192.0.2.8 mtu 1300\n"
        "route add unreachable 10.1.0.0/16\n"
        "route add prohibit 10.2.0.0/16\n"
        "route add blackhole 10.3.0.0/16\n"
        "route add default via 2001:db8:1::1\n"
        "route add unreachable 2001:db8:bad::/48\n"
        "route add prohibit 2001:db8:bad1::/48\n"
        "rule add fwmark 7 table 100\n"
        "route add 203.0.113.0/24 via 192.0.2.3 table 100\n"
        "END\n");
    inside_ = std::make_unique<test::Inside>(*place_);
  }
  static NoRoute failure(const RouteRequest& request) {
    const auto route = find_route(request);
    EXPECT_FALSE(route);
    return route ? NoRoute::Other : route.error().kind;
  }

  std::unique_ptr<test::NetworkNamespace> place_;
  std::unique_ptr<test::Inside> inside_;
};

TEST_F(RouteTest, TellsSourceInterfaceGatewayAndMtu) {
  const auto route = find_route({.target = address("203.0.113.80")});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->source, address("192.0.2.7"));
  EXPECT_EQ(route->interface_name, "card");
  EXPECT_EQ(route->interface, find_interface("card")->index);
  EXPECT_EQ(route->gateway, address("192.0.2.1"));
  EXPECT_EQ(route->mtu, 1400U);
  EXPECT_FALSE(route->local);
}

TEST_F(RouteTest, TellsTheSameForIpv6) {
  const auto route = find_route({.target = address("2001:db8:2::80")});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->source, address("2001:db8:1::7"));
  EXPECT_EQ(route->interface_name, "card");
  EXPECT_EQ(route->gateway, address("2001:db8:1::1"));
  EXPECT_EQ(route->mtu, 1400U);
}

TEST_F(RouteTest, FollowsThePreferredSourceAndMtuOfARoute) {
  const auto route = find_route({.target = address("198.51.100.1")});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->source, address("192.0.2.8"));
  EXPECT_EQ(route->gateway, address("192.0.2.2"));
  EXPECT_EQ(route->mtu, 1300U);
}

TEST_F(RouteTest, HasNoGatewayForANeighbour) {
  const auto route = find_route({.target = address("192.0.2.99")});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->gateway, std::nullopt);
}

TEST_F(RouteTest, KeepsTheSourceAskedFor) {
  const auto route =
      find_route({.target = address("203.0.113.80"), .source = address("192.0.2.8")});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->source, address("192.0.2.8"));
}

TEST_F(RouteTest, FollowsMarks) {
  const auto route = find_route({.target = address("203.0.113.80"), .mark = 7});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->gateway, address("192.0.2.3"));
}

TEST_F(RouteTest, KnowsItsOwnAddresses) {
  for (const char* own : {"192.0.2.7", "127.0.0.1", "2001:db8:1::7", "::1"}) {
    const auto route = find_route({.target = address(own)});
    ASSERT_TRUE(route) << own;
    EXPECT_TRUE(route->local) << own;
    EXPECT_EQ(route->source, address(own));
    EXPECT_EQ(route->interface_name, "lo") << own;
  }
}

TEST_F(RouteTest, SaysWhyThereIsNone) {
  EXPECT_EQ(failure({.target = address("10.1.0.1")}), NoRoute::HostUnreachable);
  EXPECT_EQ(failure({.target = address("10.2.0.1")}), NoRoute::Prohibited);
  EXPECT_EQ(failure({.target = address("10.3.0.1")}), NoRoute::Blackhole);
  EXPECT_EQ(failure({.target = address("2001:db8:bad::1")}), NoRoute::HostUnreachable);
  EXPECT_EQ(failure({.target = address("2001:db8:bad1::1")}), NoRoute::Prohibited);
  place_->run("ip route del default; ip -6 route del default");
  EXPECT_EQ(failure({.target = address("203.0.113.80")}), NoRoute::NetworkUnreachable);
  EXPECT_EQ(failure({.target = address("2001:db8:2::80")}), NoRoute::NetworkUnreachable);
}

TEST_F(RouteTest, RefusesASourceThatIsNotOurs) {
  EXPECT_EQ(
      failure({.target = address("203.0.113.80"), .source = address("192.0.2.200")}),
      NoRoute::NotOurSource);
  EXPECT_EQ(
      failure({.target = address("2001:db8:2::80"), .source = address("2001:db8:1::200")}),
      NoRoute::NotOurSource);
}

TEST_F(RouteTest, KeepsTheZoneOfALinkLocalTarget) {
  const std::uint32_t index = find_interface("card")->index;
  const auto route = find_route({.target = *IpAddress::parse("fe80::1%" + std::to_string(index))});
  ASSERT_TRUE(route);
  EXPECT_EQ(route->interface, index);
  EXPECT_EQ(route->source, address("fe80::7"));
  EXPECT_EQ(route->source.zone(), index);
}

TEST_F(RouteTest, ListsInterfacesWithTheirAddresses) {
  const auto all = interfaces();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "lo");
  EXPECT_TRUE(all[0].loopback);
  const auto card = find_interface("card");
  ASSERT_TRUE(card);
  EXPECT_TRUE(card->up);
  EXPECT_FALSE(card->loopback);
  EXPECT_EQ(card->mtu, 1400U);
  EXPECT_NE(std::ranges::find(card->addresses, address("192.0.2.8")), card->addresses.end());
  EXPECT_EQ(find_interface("nosuch0"), std::nullopt);
}

TEST_F(RouteTest, OwnsWhatIsDeliveredHere) {
  EXPECT_TRUE(owns(address("192.0.2.8")));
  EXPECT_TRUE(owns(address("127.0.0.53")));
  EXPECT_TRUE(owns(address("::1")));
  EXPECT_TRUE(owns(address("2001:db8:1::7")));
  EXPECT_FALSE(owns(address("192.0.2.1")));
  EXPECT_FALSE(owns(address("203.0.113.80")));
  EXPECT_FALSE(owns(address("2001:db8:1::1")));
}

TEST_F(RouteTest, OwnsALinkLocalAddressOnItsOwnLinkOnly) {
  const auto zone = [](const char* name) {
    return "%" + std::to_string(find_interface(name)->index);
  };
  EXPECT_TRUE(owns(address("fe80::7")));
  EXPECT_TRUE(owns(*IpAddress::parse("fe80::7" + zone("card"))));
  EXPECT_FALSE(owns(*IpAddress::parse("fe80::7" + zone("wire"))));
}

TEST_F(RouteTest, ReservesPortsOnAnInterface) {
  const PortReservation reservation{
      {.source = address("192.0.2.8"), .egress = {.interface = "card", .mark = 7}}};
  EXPECT_NE(reservation.ports().front(), Port{0});
}

}  // namespace
}  // namespace synroute::os
