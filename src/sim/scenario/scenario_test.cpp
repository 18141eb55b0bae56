// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario.hpp"

#include "sim/support_for_tests.hpp"

namespace synroute::sim {
namespace {

using namespace std::chrono_literals;

struct Fault {
  std::string name;
  std::string text;
  int line;
  std::string reason;
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class BadScenario : public testing::TestWithParam<Fault> {};

TEST_P(BadScenario, IsRefusedWithLineAndReason) {
  const auto parsed = parse_scenario(GetParam().text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().line, GetParam().line) << parsed.error().reason;
  EXPECT_NE(parsed.error().reason.find(GetParam().reason), std::string::npos)
      << parsed.error().reason;
}

const std::string kGood =
    "prober me 192.0.2.7\nrouter r1 198.51.100.1\nrouter r2 198.51.100.2\nhost web 203.0.113.80\n"
    "path me r1 r2 web\n";

INSTANTIATE_TEST_SUITE_P(
    Texts,
    BadScenario,
    testing::Values(
        Fault{"Empty", "", 0, "no prober"},
        Fault{
            "TwoProbers", kGood + "prober you 192.0.2.8\nlink you r1\n", 0, "more than one prober"},
        Fault{"UnknownStatement", "\n\nswitch r1\n", 3, "'switch' is not a statement"},
        Fault{
            "LabelWithoutClass",
            "router r1 10.0.0.1 labels 16/\n",
            1,
            "'16/' is not an MPLS label"},
        Fault{
            "LabelOfFourParts",
            "router r1 10.0.0.1 labels 16/0/1/2\n",
            1,
            "'16/0/1/2' is not an MPLS label"},
        Fault{
            "LabelAboveTwentyBits",
            "router r1 10.0.0.1 labels 1048576\n",
            1,
            "'1048576' is not an MPLS label"},
        Fault{
            "LabelOfClassEight",
            "router r1 10.0.0.1 labels 16/8\n",
            1,
            "'16/8' is not an MPLS label"},
        Fault{
            "UnknownRouterProperty",
            "router r1 10.0.0.1 slient\n",
            1,
            "'slient' is not a property of a router"},
        Fault{
            "UnknownHostProperty",
            "host h 10.0.0.1\n  labels 5\n",
            2,
            "'labels' is not a property of a host"},
        Fault{
            "UnknownLinkProperty",
            kGood + "link me r1 speed 5\n",
            6,
            "'speed' is not a property of a link"},
        Fault{"WrongUnit", kGood + "link me r1 delay 5min\n", 6, "'5min' is not a time"},
        Fault{"NoUnit", kGood + "link me r1 delay 5\n", 6, "'5' is not a time"},
        Fault{"ShareWithoutPercent", kGood + "link me r1 loss 0.5\n", 6, "'0.5' is not a share"},
        Fault{"ShareBeyondAll", kGood + "link me r1 loss 101%\n", 6, "'101%' is not a share"},
        Fault{
            "TtlTooBig",
            "router r1 10.0.0.1 reply-ttl 256\n",
            1,
            "a TTL must be a number from 1 to 255"},
        Fault{"BadPorts", "host h 10.0.0.1 open 80,\n", 1, "'80,' is not a list of ports"},
        Fault{"BadPortRange", "host h 10.0.0.1 open 90-80\n", 1, "'90-80' is not a list of ports"},
        Fault{"MissingValue", "host h 10.0.0.1 open\n", 1, "missing at the end of the line"},
        Fault{
            "DuplicateName",
            "router a 10.0.0.1\nrouter a 10.0.0.2\n",
            2,
            "'a' is already declared on line 1"},
        Fault{
            "DuplicateAddress",
            kGood + "router r3 198.51.100.1\nlink r3 r1\n",
            6,
            "already belongs to r1"},
        Fault{"UnknownNode", kGood + "link me r9\n", 6, "node 'r9' is not declared"},
        Fault{"UnreachableNode", kGood + "router far 10.0.0.9\n", 6, "far cannot be reached"},
        Fault{
            "HostsDoNotForward",
            kGood + "router far 10.0.0.9\nlink web far\n",
            6,
            "far cannot be reached"},
        Fault{"SecondDelay", kGood + "path me 5ms r1\n", 6, "is already set on line 5"},
        Fault{"SelfLink", kGood + "link r1 r1\n", 6, "linked to itself"},
        Fault{
            "RouteToANonNeighbour",
            kGood + "route r1 default via web\n",
            6,
            "r1 and web are not linked"},
        Fault{"Ring", kGood + "route r2 203.0.113.80/32 via r1\n", 6, "loop at"},
        Fault{
            "RingOfAPrefix",
            kGood + "route r1 9.0.0.0/8 via r2\nroute r2 9.0.0.0/8 via r1\n",
            6,
            "packets for 9.0.0.0 loop at"},
        Fault{"NothingToContinue", "  silent\n", 1, "continues a router"},
        Fault{"OpenQuote", "title \"half\n", 1, "is not closed"},
        Fault{"TrailingWord", "seed 5 6\n", 1, "unexpected word '6'"},
        Fault{"Binary", std::string{"title x\n\x7f"} + "ELF\n", 2, "not a text file"},
        Fault{"Nul", std::string("seed 1\0\n", 8), 1, "0x00"},
        Fault{"LongLine", "title \"" + std::string(5000, 'x') + "\"\n", 1, "longer than 4096"},
        Fault{
            "TargetWithoutANode",
            kGood + "target 192.0.2.99 port 80\n",
            6,
            "no node has the target address 192.0.2.99"}),
    [](const testing::TestParamInfo<Fault>& row) { return row.param.name; });

TEST(Scenario, RefusesAHundredMegabytes) {
  const auto read = parse_scenario(std::string(100'000'000, '#'));
  ASSERT_FALSE(read);
  EXPECT_NE(describe("x", read.error()).find("longer than 1048576"), std::string::npos);
}

TEST(Scenario, ReadsNodesLinksAndTargets) {
  const Scenario read = scenario(
      "title \"A # in quotes\"  # and a comment\n"
      "prober me 192.0.2.7 2001:db8::7\n"
      "default router reply-ttl 64\n"
      "router r1 198.51.100.1\n"
      "\tname gw.example\n"
      "\tsilent quote 8\n"
      "host web 203.0.113.80 open 80,8000-8100\n"
      "path me 5ms r1 1.5ms web\n"
      "link web r1 loss 2% back jitter 300us\n"
      "target web port 80\n");
  EXPECT_EQ(read.title, "A # in quotes");
  ASSERT_EQ(read.nodes.size(), 3U);
  EXPECT_TRUE(read.nodes[1].router.silent);
  EXPECT_EQ(read.nodes[1].router.error.quote, 8U);
  EXPECT_EQ(read.nodes[1].router.error.initial_ttl, 64);
  EXPECT_TRUE(read.nodes[2].host.open.contains(8050));
  EXPECT_FALSE(read.nodes[2].host.open.contains(81));
  ASSERT_EQ(read.links.size(), 2U);
  EXPECT_EQ(read.links[0].there.delay, 5ms);
  EXPECT_EQ(read.links[1].left, 2U) << "said from the other end";
  EXPECT_EQ(read.links[1].there.loss, 0.02);
  EXPECT_EQ(read.links[1].back.loss, 0.02);
  EXPECT_EQ(read.links[1].there.jitter, 0ms);
  EXPECT_EQ(read.links[1].back.jitter, 300us);
  EXPECT_EQ(read.links[1].back.delay, 1500us);
  ASSERT_EQ(read.targets.size(), 1U);
  EXPECT_EQ(read.targets[0].port, Port{80});
  EXPECT_EQ(read.lookup("gw.example"), std::vector{ip("198.51.100.1")});
  EXPECT_EQ(read.names.at(ip("198.51.100.1")), "gw.example");
}

TEST(Scenario, JoinsStagesWithEveryMemberOfTheNext) {
  const Scenario read = scenario(
      "prober me 192.0.2.7\nrouter a 10.0.0.1\nrouter b1 10.0.0.2\nrouter b2 10.0.0.3\n"
      "router c1 10.0.0.4\nrouter c2 10.0.0.5\nhost web 203.0.113.80\n"
      "path me a { b1 b2 } 2ms {c1 c2} web\n");
  EXPECT_EQ(read.links.size(), 1U + 2 + 4 + 2);
}

TEST(Scenario, AllowsAnIntendedLoop) {
  const Scenario read = scenario(kGood + "route r2 203.0.113.80/32 via r1 loop\n");
  ASSERT_EQ(read.routes.size(), 1U);
  EXPECT_TRUE(read.routes[0].may_loop);
}

TEST(Scenario, FollowsItsOwnRoutes) {
  TestNetwork network{kGood + "route r1 203.0.113.80/32 none\n"};
  const auto answer = network.ask({});
  ASSERT_TRUE(answer && answer->icmp() != nullptr);
  EXPECT_EQ(answer->icmp()->type, 3);
  EXPECT_EQ(answer->icmp()->code, 0);
}

TEST(Scenario, ForwardsProbesInALoop) {
  TestNetwork network{kGood + "route r2 203.0.113.80/32 via r1 loop\n"};
  std::string sources;
  for (std::uint8_t ttl = 1; ttl <= 5; ++ttl) {
    sources += network.ask({.ttl = ttl})->ip.source.to_string().back();
  }
  EXPECT_EQ(sources, "12121");
}

TEST(Scenario, ReportsFromTheInterfaceThatReceivedTheProbe) {
  const std::string text = kGood + "link r1 r2 addresses 10.12.0.1 10.12.0.2\n";
  TestNetwork network{text};
  EXPECT_EQ(network.ask({.ttl = 2})->ip.source.to_string(), "10.12.0.2");
}

TEST(Scenario, BalancesByWhatTheRouterHashes) {
  const auto spread = [](std::string_view balance) {
    TestNetwork network{
        "prober me 192.0.2.7\nrouter a 10.0.0.1 balance " + std::string{balance}
        + "\nrouter b1 10.0.0.2\nrouter b2 10.0.0.3\nhost web 203.0.113.80\n"
          "path me a {b1 b2} web\n"};
    std::pair<int, int> first_and_second{0, 0};
    for (std::uint16_t i = 0; i < 64; ++i) {
      const auto answer =
          network.ask({.source_port = static_cast<std::uint16_t>(40000 + i / 2), .ttl = 2});
      (answer->ip.source == ip("10.0.0.2") ? first_and_second.first : first_and_second.second)++;
    }
    return first_and_second;
  };
  const auto [flow_first, flow_second] = spread("flow");
  EXPECT_GT(flow_first, 16);
  EXPECT_GT(flow_second, 16);
  EXPECT_EQ(flow_first % 2, 0) << "both probes of a flow go one way";
  EXPECT_EQ(spread("packet"), std::pair(32, 32));
  const auto [one, other] = spread("destination");
  EXPECT_EQ(one * other, 0);
}

}  // namespace
}  // namespace synroute::sim
