// SPDX-License-Identifier: Apache-2.0
#include "sim/network/vantage.hpp"

#include "sim/support_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::sim {
namespace {

constexpr std::string_view kNetwork =
    "prober me 192.0.2.7 2001:db8::7\n"
    "router gw 192.0.2.1 2001:db8:0:1::1\n"
    "host web 203.0.113.80 2001:db8:80::80 open 443\n"
    "path me gw web\n"
    "link gw me mtu 1400 back mtu 1300\n";

Scenario network() {
  return parse_scenario(kNetwork).value();
}

TEST(Reach, TakesTheFirstAddressOfTheWantedFamily) {
  const Scenario scenario = network();
  const auto any = reach(scenario, scenario.lookup("web"), std::nullopt);
  ASSERT_TRUE(any);
  EXPECT_EQ(any->target, ip("203.0.113.80"));
  EXPECT_EQ(any->source, ip("192.0.2.7"));
  const auto six = reach(scenario, scenario.lookup("web"), Family::V6);
  ASSERT_TRUE(six);
  EXPECT_EQ(six->target, ip("2001:db8:80::80"));
  EXPECT_EQ(six->source, ip("2001:db8::7"));
}

TEST(Reach, HasTheMtuOfTheDirectionThatLeavesTheProber) {
  const Scenario scenario = network();
  EXPECT_EQ(reach(scenario, scenario.lookup("web"), std::nullopt)->mtu, 1300U);
}

TEST(Reach, IsNothingWithoutASourceOfTheFamily) {
  const Scenario scenario = parse_scenario(
                                "prober me 192.0.2.7\nhost web 203.0.113.80 2001:db8:80::80\n"
                                "path me web\n")
                                .value();
  EXPECT_FALSE(reach(scenario, scenario.lookup("web"), Family::V6));
  EXPECT_FALSE(reach(scenario, {}, std::nullopt));
}

TEST(Vantage, GivesEveryTraceSourcePortsOfItsOwn) {
  EXPECT_NE(Vantage::source_port(0), Vantage::source_port(1));
}

TEST(Vantage, HearsWhatTheTargetAnswers) {
  const Scenario scenario = network();
  Vantage vantage{scenario};
  vantage.transport().send(std::vector{seam::Outgoing{.datagram = datagram(Probe{})}});
  std::vector<seam::Incoming> heard;
  while (heard.empty() || !std::holds_alternative<seam::Received>(heard.back())) {
    ASSERT_NE(vantage.waiter().wait(std::nullopt), seam::Wake::Interrupted);
    vantage.transport().receive(heard);
  }
  EXPECT_EQ(std::get<seam::Received>(heard.back()).datagram.ip.source, ip("203.0.113.80"));
}

}  // namespace
}  // namespace synroute::sim
