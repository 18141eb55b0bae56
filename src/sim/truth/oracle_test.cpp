// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/oracle.hpp"

#include "sim/support_for_tests.hpp"

#include <fmt/format.h>

#include <algorithm>

/// Every expectation here is computed by hand from the network in the test, so that a mistake that
/// the oracle and the simulated world have in common is found.
namespace synroute::sim {
namespace {

using namespace std::chrono_literals;

/// me -1ms- r1 -2ms- r2 -4ms- r3 -8ms- web. `at_r2` are properties of r2; `more` are statements.
std::string chain(
    std::string_view at_r2 = "", std::string_view at_web = "", std::string_view more = "") {
  return fmt::format(
      "prober me 192.0.2.7 2001:db8::7\n"
      "router r1 198.51.100.1 2001:db8:1::1\n"
      "router r2 198.51.100.2 2001:db8:2::1 {}\n"
      "router r3 198.51.100.3 2001:db8:3::1\n"
      "host web 203.0.113.80 2001:db8:80::80 open 443 {}\n"
      "path me 1ms r1 2ms r2 4ms r3 8ms web\n{}",
      at_r2,
      at_web,
      more);
}

ExpectedOutcome outcome(
    const std::string& text,
    int ttl,
    std::uint16_t port = 443,
    std::string_view target = "203.0.113.80") {
  const Scenario read = scenario(text);
  return Oracle{read}.outcome(ip(target), Port{port}, ttl);
}

/// "KIND SOURCE ttl TTL TIMEms", for ICMP also "TYPE/CODE qQUOTED"; labels as "LABEL/TTL".
std::string text_of(const ExpectedReply& reply) {
  std::string text = fmt::format(
      "{} {} ttl {} {}ms",
      model::name(reply.kind),
      reply.from.to_string(),
      reply.ttl,
      reply.delay / 1ms);
  if (reply.is_icmp()) {
    text += fmt::format(" {}/{} q{}", reply.icmp_type, reply.icmp_code, reply.quoted_ttl);
  }
  for (const wire::MplsLabel& label : reply.labels) {
    text += fmt::format(" {}/{}", label.label, label.ttl);
  }
  return text;
}

using Texts = std::vector<std::string>;

Texts texts_of(const ExpectedOutcome& outcome) {
  Texts texts;
  for (const ExpectedReply& reply : outcome.replies) {
    texts.push_back(text_of(reply));
  }
  std::ranges::sort(texts);
  if (outcome.may_be_silent) {
    texts.emplace_back("silence");
  }
  return texts;
}

Texts replies(
    const std::string& text,
    int ttl,
    std::uint16_t port = 443,
    std::string_view target = "203.0.113.80") {
  return texts_of(outcome(text, ttl, port, target));
}

TEST(Oracle, ExpectsEachRouterAfterTwiceTheDelayOfItsLinks) {
  EXPECT_EQ(replies(chain(), 1), Texts{"time_exceeded 198.51.100.1 ttl 255 2ms 11/0 q1"});
  EXPECT_EQ(replies(chain(), 2), Texts{"time_exceeded 198.51.100.2 ttl 254 6ms 11/0 q1"});
  EXPECT_EQ(replies(chain(), 3), Texts{"time_exceeded 198.51.100.3 ttl 253 14ms 11/0 q1"});
  EXPECT_EQ(
      replies(chain(), 2, 443, "2001:db8:80::80"),
      Texts{"time_exceeded 2001:db8:2::1 ttl 254 6ms 3/0 q1"});
}

TEST(Oracle, ExpectsWhatTheHostDoesWithThePort) {
  EXPECT_EQ(replies(chain(), 4), Texts{"syn_ack 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(replies(chain(), 64), Texts{"syn_ack 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(replies(chain(), 4, 80), Texts{"rst 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(replies(chain("", "filtered all"), 4, 80), Texts{"silence"});
  EXPECT_EQ(
      replies(chain("", "filtered all closed 80"), 4, 80), Texts{"rst 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(
      replies(chain("", "reject host 80 reply-ttl 128 answer-delay 20ms"), 9, 80),
      Texts{"unreachable 203.0.113.80 ttl 125 50ms 3/1 q6"});
  EXPECT_EQ(replies(chain("", "resets-last-ttl"), 4), Texts{"rst 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(replies(chain("", "resets-last-ttl"), 5), Texts{"syn_ack 203.0.113.80 ttl 61 30ms"});
}

TEST(Oracle, TellsWhoDecides) {
  EXPECT_EQ(outcome(chain(), 2).replies.at(0).decider, Decider::Router);
  EXPECT_EQ(outcome(chain(), 2).replies.at(0).node, 2U);
  EXPECT_EQ(outcome(chain(), 4).replies.at(0).decider, Decider::Host);
  EXPECT_EQ(outcome(chain("reset 443"), 3).replies.at(0).decider, Decider::Box);
  EXPECT_EQ(outcome(chain("reject admin 443"), 3).replies.at(0).decider, Decider::Box);
}

TEST(Oracle, ExpectsSilenceOfASilentRouterAndOfADeadEnd) {
  EXPECT_EQ(replies(chain("silent"), 2), Texts{"silence"});
  EXPECT_EQ(replies(chain("answers 0%"), 2), Texts{"silence"});
  EXPECT_EQ(replies(chain("drop 443"), 2).size(), 1U) << "the TTL is checked before FORWARD";
  EXPECT_EQ(replies(chain("drop 443"), 3), Texts{"silence"});
  EXPECT_EQ(replies(chain("drop inbound icmp"), 3), Texts{"silence"});
  EXPECT_EQ(replies(chain("drop inbound icmp"), 4).size(), 1U) << "TCP passes";
}

TEST(Oracle, ExpectsUnreachableWhereARouteEnds) {
  EXPECT_EQ(
      replies(chain("", "", "route r2 203.0.113.80/32 none\n"), 7),
      Texts{"unreachable 198.51.100.2 ttl 254 6ms 3/0 q6"});
}

TEST(Oracle, AddsTheTimeARouterNeedsAndKeepsItsReplyTtl) {
  EXPECT_EQ(
      replies(chain("slow 80ms to 120ms reply-ttl 64"), 2),
      Texts{"time_exceeded 198.51.100.2 ttl 63 86ms 11/0 q1"});
}

TEST(Oracle, FollowsTtlsThatRoutersTreatOddly) {
  EXPECT_EQ(
      replies(chain("invisible"), 2), Texts{"time_exceeded 198.51.100.3 ttl 254 14ms 11/0 q1"});
  EXPECT_EQ(
      replies(chain("zero-ttl"), 2), Texts{"time_exceeded 198.51.100.3 ttl 253 14ms 11/0 q0"});
  EXPECT_EQ(replies(chain("ttl add 5"), 2), Texts{"syn_ack 203.0.113.80 ttl 66 30ms"})
      << "64, at r3 63, at r2 68 and 67, at r1 66";
}

/// Out: 100, then 105. Back: 105 first, then 100, which r2 and r1 lower by one each.
TEST(Oracle, LetsPacketsMeetBoxesInReverseOnTheirWayBack) {
  const std::string text = chain("ttl set 100 ttl add 5");
  EXPECT_EQ(replies(text, 2), Texts{"syn_ack 203.0.113.80 ttl 98 30ms"});
  TestNetwork network{text};
  EXPECT_EQ(network.ask({.ttl = 2})->ip.ttl, Ttl{98}) << "the world agrees";
}

/// r3 sends the probe back to r2: one link of 4 ms more for each TTL.
TEST(Oracle, FollowsALoop) {
  const std::string text = chain("", "", "route r3 203.0.113.80/32 via r2 loop\n");
  EXPECT_EQ(replies(text, 3), Texts{"time_exceeded 198.51.100.3 ttl 253 14ms 11/0 q1"});
  EXPECT_EQ(replies(text, 4), Texts{"time_exceeded 198.51.100.2 ttl 254 14ms 11/0 q1"});
  EXPECT_EQ(replies(text, 5), Texts{"time_exceeded 198.51.100.3 ttl 253 22ms 11/0 q1"});
  EXPECT_EQ(replies(text, 255).size(), 1U);
}

TEST(Oracle, ExpectsEachKindOfRejection) {
  EXPECT_EQ(
      replies(chain("reject admin 443"), 2),
      Texts{"time_exceeded 198.51.100.2 ttl 254 6ms 11/0 q1"});
  EXPECT_EQ(
      replies(chain("reject admin 443"), 3), Texts{"unreachable 198.51.100.2 ttl 63 6ms 3/13 q1"});
  EXPECT_EQ(
      replies(chain("reject admin 443"), 12, 443, "2001:db8:80::80"),
      Texts{"unreachable 2001:db8:2::1 ttl 63 6ms 1/1 q10"});
  EXPECT_EQ(replies(chain("reject tcp-reset 443"), 3), Texts{"rst 203.0.113.80 ttl 63 6ms"});
  EXPECT_EQ(replies(chain("reject admin 443"), 9, 80), Texts{"rst 203.0.113.80 ttl 61 30ms"})
      << "another port";
}

TEST(Oracle, ExpectsBoxesThatAnswerAsTheTarget) {
  EXPECT_EQ(
      replies(chain("reset 443 copies 3 reply-ttl 201"), 9),
      (Texts{"rst 203.0.113.80 ttl 200 6ms", "syn_ack 203.0.113.80 ttl 61 30ms"}))
      << "three equal replies are one";
  EXPECT_EQ(replies(chain("reset 443 in-path"), 9), Texts{"rst 203.0.113.80 ttl 63 6ms"});
  EXPECT_EQ(replies(chain("proxy 80"), 2, 80), Texts{"syn_ack 203.0.113.80 ttl 63 6ms"})
      << "before the TTL is checked";
  EXPECT_EQ(replies(chain("synproxy 80"), 2, 80).at(0).substr(0, 13), "time_exceeded")
      << "after the TTL is checked";
  EXPECT_EQ(replies(chain("synproxy 80"), 3, 80), Texts{"syn_ack 203.0.113.80 ttl 63 6ms"});
}

TEST(Oracle, UndoesSourceTranslationOnTheWayBack) {
  const std::string text = chain("snat 198.51.100.200");
  for (int ttl = 1; ttl <= 9; ++ttl) {
    EXPECT_EQ(replies(text, ttl), replies(chain(), ttl)) << ttl;
  }
}

/// r3 knows no route to the prober, but one to the address the prober is translated to.
TEST(Oracle, RoutesRepliesToTheTranslatedSource) {
  const std::string hidden = "route r3 192.0.2.7/32 none\n";
  EXPECT_EQ(replies(chain("", "", hidden), 3), Texts{"silence"});
  EXPECT_EQ(
      replies(chain("snat 198.51.100.200", "", hidden), 3),
      Texts{"time_exceeded 198.51.100.3 ttl 253 14ms 11/0 q1"});
}

/// As with Linux, the outer address is the source of all ICMP errors from behind the translation.
TEST(Oracle, ShowsTheOuterAddressForEverythingBehindDestinationTranslation) {
  const std::string text =
      "prober me 192.0.2.7\nrouter r1 198.51.100.1\n"
      "router r2 198.51.100.2 dnat 203.0.113.80 port 443 to 10.0.0.80 port 8443\n"
      "router r3 198.51.100.3\nhost web 10.0.0.80 open 8443\n"
      "path me 1ms r1 2ms r2 4ms r3 8ms web\n";
  EXPECT_EQ(replies(text, 1), Texts{"time_exceeded 198.51.100.1 ttl 255 2ms 11/0 q1"});
  EXPECT_EQ(replies(text, 2), Texts{"time_exceeded 203.0.113.80 ttl 254 6ms 11/0 q1"});
  EXPECT_EQ(replies(text, 3), Texts{"time_exceeded 203.0.113.80 ttl 253 14ms 11/0 q1"});
  EXPECT_EQ(replies(text, 4), Texts{"syn_ack 203.0.113.80 ttl 61 30ms"});
  EXPECT_EQ(replies(text, 9, 80), Texts{"rst 203.0.113.80 ttl 254 6ms"})
      << "a port that is not translated belongs to r2, whose packets leave with 255";
}

TEST(Oracle, ExpectsEveryMemberOfAStageThatSharesTheLoad) {
  const auto stage = [](std::string_view balance) {
    return outcome(
        fmt::format(
            "prober me 192.0.2.7\nrouter a 10.0.0.1 balance {}\nrouter b1 10.0.0.2\n"
            "router b2 10.0.0.3 silent\nrouter b3 10.0.0.4\nhost web 203.0.113.80 open 443\n"
            "path me 1ms a 1ms {{b1 b2 b3}} 1ms web\n",
            balance),
        2);
  };
  const ExpectedOutcome by_flow = stage("flow");
  EXPECT_EQ(
      texts_of(by_flow),
      (Texts{
          "time_exceeded 10.0.0.2 ttl 254 4ms 11/0 q1",
          "time_exceeded 10.0.0.4 ttl 254 4ms 11/0 q1",
          "silence"}));
  EXPECT_FALSE(by_flow.fixed_choice);
  EXPECT_TRUE(stage("destination").fixed_choice);
}

TEST(Oracle, KnowsWhatIsLeftToChance) {
  EXPECT_FALSE(outcome(chain(), 3).by_chance);
  EXPECT_TRUE(outcome(chain("", "", "link r1 r2 loss 1%\n"), 3).by_chance);
  EXPECT_FALSE(outcome(chain("", "", "link r1 r2 loss 1%\n"), 1).by_chance);
  EXPECT_TRUE(outcome(chain("answers 50%"), 2).by_chance);
}

TEST(Oracle, ExpectsNothingForAFamilyTheProberDoesNotHave) {
  const std::string text =
      "prober me 192.0.2.7\nrouter r1 198.51.100.1\nhost web 2001:db8:80::80\npath me r1 web\n";
  EXPECT_EQ(replies(text, 3, 443, "2001:db8:80::80"), Texts{"silence"});
}

TEST(Oracle, ReportsFromTheAddressTheRouterIsSetTo) {
  const std::string links =
      "link r1 r2 addresses 10.12.0.1 10.12.0.2\nlink r2 r3 addresses 10.23.0.2 10.23.0.3\n";
  EXPECT_EQ(outcome(chain("", "", links), 2).replies.at(0).from, ip("10.12.0.2"));
  EXPECT_EQ(
      outcome(chain("reply-from loopback", "", links), 2).replies.at(0).from, ip("198.51.100.2"));
}

/// All links take 1 ms. An error made inside the tunnel follows its label to pe2 first and comes
/// back through the tunnel of the other direction (labels from 24501).
std::string tunnel(std::string_view kind) {
  return fmt::format(
      "prober me 192.0.2.7\nrouter a 10.0.0.1\nrouter pe1 10.0.0.2\nrouter p1 10.0.0.3\n"
      "router p2 10.0.0.4\nrouter pe2 10.0.0.5\nhost web 203.0.113.80 open 443\n"
      "path me a pe1 p1 p2 pe2 web\ntunnel pe1 p1 p2 pe2 {}\n",
      kind);
}

TEST(Oracle, ShowsTheLabelsOfAnExplicitTunnel) {
  const std::string text = tunnel("explicit");
  EXPECT_EQ(replies(text, 2), Texts{"time_exceeded 10.0.0.2 ttl 254 4ms 11/0 q1"});
  // p1 -> p2 (label TTL 254, popped) -> pe2 253 -> p2 -> p1 (label TTL 251, popped) -> pe1 250 -> a
  // 249; 3 links out, 2 on to pe2 and 5 back.
  EXPECT_EQ(replies(text, 3), Texts{"time_exceeded 10.0.0.3 ttl 249 10ms 11/0 q1 24001/1"});
  // p2 is the one that pops: its error goes to pe2 as IP with 255. pe2 254, p2 253, p1 252
  // (popped), pe1 251, a 250; 4 links out, 1 on and 5 back.
  EXPECT_EQ(replies(text, 4), Texts{"time_exceeded 10.0.0.4 ttl 250 10ms 11/0 q2 24002/1"});
  EXPECT_EQ(replies(text, 5), Texts{"time_exceeded 10.0.0.5 ttl 251 10ms 11/0 q1"});
}

TEST(Oracle, HidesTheRoutersOfTunnelsThatDoNotPropagateTheTtl) {
  EXPECT_EQ(replies(tunnel("invisible"), 3), Texts{"time_exceeded 10.0.0.5 ttl 251 10ms 11/0 q1"});
  // pe1 pushes with 255, p1 and p2 lower it to 253.
  EXPECT_EQ(
      replies(tunnel("opaque"), 3), Texts{"time_exceeded 10.0.0.5 ttl 251 10ms 11/0 q1 24003/253"});
}

}  // namespace
}  // namespace synroute::sim
