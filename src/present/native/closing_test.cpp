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

// The sentences of every state are kept as golden files; here stand the choices between them.

TEST(ClosingSentence, GivesTheQuickestTimeThatWasNotLate) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {9, 7.5, 8});
  built.target(1, ReplyKind::SynAck, {3}).late();
  built.verdict({.state = PortState::Open, .reached = true, .distance = Ttl{1}});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "open: 203.0.113.80 accepts connections on port 443, 1 hop away, 7.5 ms");
}

TEST(ClosingSentence, SaysThePathGoesOnOnlyWhenNoFullTtlProbeWasLost) {
  TraceBuilder built;
  built.trace().last_ttl = 1;
  built.router(1, "192.0.2.1", {1}).verdict({.stop = StopReason::MaxTtl}, false);
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "filtered: no answer from 203.0.113.80 port 443 within 1 hop, and the path goes on beyond 1, "
      "192.0.2.1");
  built.direct(ReplyKind::SynAck, {1});
  built.last().state = model::Lost{};
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "filtered: no answer from 203.0.113.80 port 443 within 1 hop; the last hop that answers is "
      "1, 192.0.2.1");
}

TEST(ClosingSentence, NamesTheFirstHopOfTheRouterThatRejects) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).unreachable(2, "192.0.2.1", 10, {1});
  built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "rejected (host prohibited) by 192.0.2.1, hop 1: connections to 203.0.113.80 port 443 are "
      "not let through");
}

TEST(ClosingSentence, NamesNoHopForARouterThatStandsOnNone) {
  TraceBuilder built;
  built.silent(1, 1).direct(ReplyKind::Unreachable, {1});
  built.last_reply().from = support::address("192.0.2.99");
  built.last_reply().icmp_code = 1;
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "unreachable (host unreachable) by 192.0.2.99: packets do not get through to 203.0.113.80");
}

TEST(ClosingSentence, GivesTheNumbersOfACodeThatHasNoName) {
  TraceBuilder built;
  built.unreachable(1, "192.0.2.1", 200, {1});
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(state_text(built.trace()), "unreachable (ICMP 3/200)");
}

TEST(ClosingSentence, NamesEachReasonThisHostGave) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoRoute, 2).refused(2, model::Refusal::InterfaceDown);
  built.verdict({.stop = StopReason::Refused}, false);
  EXPECT_EQ(
      closing_sentence(built.trace()),
      "not sent: this host lets no packet to 203.0.113.80 port 443 out: no route (see ip route "
      "get), interface down");
  EXPECT_TRUE(own_losses(built.trace()).empty());
}

TEST(OwnLosses, CountsThemByReason) {
  TraceBuilder built;
  built.refused(1, model::Refusal::NoBuffers, 2).refused(1, model::Refusal::TooLong);
  built.trace().counters.dropped_by_socket = 1;
  built.verdict({.stop = StopReason::GapLimit}, false);
  EXPECT_EQ(
      own_losses(built.trace()),
      (std::vector<std::string>{
          "did not send 2 probes: no buffer space",
          "did not send 1 probe: packet too long",
          "had no room for 1 received packet: some silence above may be its own"}));
}

TEST(OwnLosses, AreNoneUsually) {
  EXPECT_TRUE(own_losses(TraceBuilder{}.router(1, "192.0.2.1", {1}).trace()).empty());
}

TEST(MillisecondsText, KeepsMoreDecimalsWhereOneWouldSayNothing) {
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
