// SPDX-License-Identifier: Apache-2.0
#include "present/native/closing.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using model::PortState;
using model::ReplyKind;
using model::StopReason;
using support::TraceBuilder;

// The golden files hold a sentence of every state; these tests are about the choices between them.

TEST(ClosingSentence, GivesTheSmallestRttThatWasNotLate) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {9, 7.5, 8});
  built.target(1, ReplyKind::SynAck, {3}).late();
  built.verdict({.state = PortState::Open, .reached = true, .distance = Ttl{1}});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "open: 203.0.113.80 accepts connections on port 443, 1 hop away, 7.5 ms");
}

TEST(ClosingSentence, SaysThePathContinuesOnlyWhenNoFullTtlProbeWasLost) {
  TraceBuilder built;
  built.trace().last_ttl = 1;
  built.router(1, "192.0.2.1", {1}).verdict({.stop = StopReason::MaxTtl}, false);
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "filtered: no answer from 203.0.113.80 port 443 within 1 hop; the path continues beyond hop 1 (192.0.2.1)");
  built.direct(ReplyKind::SynAck, {1});
  built.last().state = model::Lost{};
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "filtered: no answer from 203.0.113.80 port 443 within 1 hop; last answering hop: 1 (192.0.2.1)");
}

TEST(ClosingSentence, SaysThatAStatedWaitWasTooShortForAHostThatIsDown) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).silent(2).verdict({.stop = StopReason::GapLimit}, false);
  const std::string sentence =
      "filtered: no answer from 203.0.113.80 port 443; last answering hop: 1 (192.0.2.1)";
  built.trace().wait = model::WaitRule{};
  EXPECT_EQ(closing_sentence(built.trace()), sentence) << "this one is long enough";
  built.trace().wait = model::wait_always(std::chrono::seconds{4});
  EXPECT_EQ(closing_sentence(built.trace()), sentence);
  built.trace().wait = model::wait_always(std::chrono::milliseconds{500});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      sentence + "; a router reports a host that is down after 3.1 s, and the wait was 0.5 s");
}

TEST(ClosingSentence, NamesTheFirstHopOfTheRouterThatRejects) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).unreachable(2, "192.0.2.1", 10, {1});
  built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "rejected (host prohibited) by hop 1 (192.0.2.1): connections to 203.0.113.80 port 443 are blocked");
}

TEST(ClosingSentence, GivesTheDistanceOfATargetThatReportedOnAnEarlierRow) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).router(2, "203.0.113.80", {2}).router(3, "192.0.2.3", {3});
  built.unreachable(4, "203.0.113.80", 3, {4});
  built.verdict({.state = PortState::Rejected, .reached = true, .distance = Ttl{4}});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "rejected (port unreachable) by the target (hop 4): 203.0.113.80 accepts no connections on port 443");
}

TEST(ClosingSentence, NamesNoHopForARouterThatAnsweredOnNoRow) {
  TraceBuilder built;
  built.silent(1, 1).direct(ReplyKind::Unreachable, {1});
  built.last_reply().from = support::address("192.0.2.99");
  built.last_reply().icmp_code = 1;
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "unreachable (host unreachable) by 192.0.2.99: packets to 203.0.113.80 are not delivered");
}

TEST(ClosingSentence, GivesTypeAndCodeOfACodeWithoutAName) {
  TraceBuilder built;
  built.unreachable(1, "192.0.2.1", 200, {1});
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(state_text(built.trace()), "unreachable (ICMP 3/200)");
}

TEST(ClosingSentence, DoesNotCallAResetThatConnectionsIgnoreARefusal) {
  TraceBuilder built;
  built.target(2, model::ReplyKind::Rst, {9});
  built.verdict(
      {.state = PortState::Closed,
       .reached = true,
       .distance = Ttl{2},
       .stop = StopReason::TargetAnswered});
  EXPECT_EQ(
      closing_sentence(built.trace()).find("closed: 203.0.113.80 refuses connections on port 443"),
      0U);
  built.trace().findings.push_back({.kind = model::FindingKind::ResetIgnored});
  EXPECT_EQ(
      closing_sentence(built.trace())
          .find("closed: 203.0.113.80 answers with resets that connections ignore on port 443"),
      0U);
}

TEST(ClosingSentence, SaysHowLongANeighbourWasWaitedFor) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoNeighbour, 2);
  built.trace().duration = std::chrono::milliseconds{1290};
  built.trace().source.interface = "eth0";
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Refused}, false);
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "unreachable: 203.0.113.80 does not answer ARP on eth0: nothing left this host (waited 1.2 s)");
}

TEST(ClosingSentence, NamesTheNeighbourThatRulesOfThisHostLeadTo) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoNeighbour, 2);
  built.trace().source.missing_hop = {*IpAddress::parse("198.18.1.99"), "eth1"};
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Refused}, false);
  EXPECT_TRUE(closing_sentence(built.trace())
                  .starts_with("unreachable: 198.18.1.99 does not answer ARP on eth1: "));
  EXPECT_TRUE(closing_sentence(built.trace()).ends_with("it seems that rules of this host do"));
}

TEST(ClosingSentence, DoesNotContinueAPathThatTheRowsDoNotShow) {
  TraceBuilder built;
  for (int ttl = 1; ttl <= 4; ++ttl) {
    built.router(ttl, "192.0.2.1", {1});
  }
  built.trace().last_ttl = 4;
  built.verdict({.stop = StopReason::MaxTtl}, false);
  EXPECT_NE(closing_sentence(built.trace()).find("continues beyond hop 4"), std::string::npos);
  built.trace().findings.push_back({.kind = model::FindingKind::OwnTtl});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "filtered: no answer from 203.0.113.80 port 443 within 4 hops");
}

TEST(ClosingSentence, SaysWhatABareAckMeans) {
  TraceBuilder built;
  built.target(3, ReplyKind::Ack, {12});
  built.verdict({.reached = true, .stop = StopReason::GapLimit}, false);
  EXPECT_NE(
      closing_sentence(built.trace()).find("a bare ACK, as after a SYN|ACK"), std::string::npos);
}

TEST(ClosingSentence, GivesEachReasonWhyThisHostSentNothing) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoRoute, 2).refused(2, model::Refusal::InterfaceDown);
  built.verdict({.stop = StopReason::Refused}, false);
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "not sent: this host sent no probe to 203.0.113.80 port 443: no route (see ip route get), interface down");
  EXPECT_TRUE(local_losses(built.trace()).empty());
}

TEST(LocalLosses, CountsProbesByReason) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoBuffers, 2).refused(1, model::Refusal::TooLong);
  built.trace().counters.dropped_by_socket = 1;
  built.verdict({.stop = StopReason::GapLimit}, false);
  EXPECT_EQ(
      local_losses(built.trace()),
      (std::vector<std::string>{
          "did not send 2 probes: no buffer space (interface queue full, or an egress filter?)",
          "did not send 1 probe: packet too long (longer than the MTU?)",
          "lost 1 received packet to a full buffer: probes shown without an answer may have been answered"}));
}

TEST(LocalLosses, AreEmptyWhenNothingWasLostHere) {
  EXPECT_TRUE(local_losses(TraceBuilder{}.router(1, "192.0.2.1", {1}).trace()).empty());
}

TEST(MillisecondsText, KeepsMoreDecimalsBelowATenthOfAMillisecond) {
  EXPECT_EQ(milliseconds_text(std::chrono::nanoseconds{12'345'678}), "12.3");
  EXPECT_EQ(milliseconds_text(std::chrono::microseconds{412}), "0.4");
  EXPECT_EQ(milliseconds_text(std::chrono::microseconds{95}), "0.1");
  EXPECT_EQ(milliseconds_text(std::chrono::microseconds{94}), "0.09");
  EXPECT_EQ(milliseconds_text(std::chrono::microseconds{23}), "0.02");
  EXPECT_EQ(milliseconds_text(std::chrono::nanoseconds{9'500}), "0.01");
  EXPECT_EQ(milliseconds_text(std::chrono::nanoseconds{4'321}), "0.004");
}

}  // namespace
}  // namespace synroute::present
