// SPDX-License-Identifier: Apache-2.0
#include "model/hop.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::model {
namespace {

using support::address;
using support::ms;
using support::TraceBuilder;

const Verdict kOpenAtThree{
    .state = PortState::Open,
    .reached = true,
    .distance = Ttl{3},
    .stop = StopReason::TargetAnswered};

std::vector<int> ttls(const std::vector<Hop>& rows) {
  std::vector<int> result;
  for (const Hop& row : rows) {
    result.push_back(row.ttl.value());
  }
  return result;
}

std::vector<std::uint32_t> ids(const Hop& row) {
  std::vector<std::uint32_t> result;
  for (const ProbeRecord* record : row.probes) {
    result.push_back(record->probe.id.value());
  }
  return result;
}

using Ids = std::vector<std::uint32_t>;
using Ttls = std::vector<int>;

TEST(Hops, HasNoRowsBeforeAnythingIsSettled) {
  EXPECT_TRUE(hops(TraceBuilder{}.trace()).empty());
  EXPECT_TRUE(hops(TraceBuilder{}.waiting(1, 3).trace()).empty());
}

TEST(Hops, EndsAtTheDistanceAndLeavesOutProbesBeyond) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).router(2, "198.51.100.1", {2});
  built.target(3, ReplyKind::SynAck, {3}).target(4, ReplyKind::SynAck, {3}).silent(5, 1);
  built.verdict(kOpenAtThree);
  EXPECT_EQ(ttls(hops(built.trace())), (Ttls{1, 2, 3}));
}

TEST(Hops, StartsAtTheFirstTtl) {
  TraceBuilder built;
  built.trace().first_ttl = 2;
  built.router(2, "198.51.100.1", {2}).target(3, ReplyKind::SynAck, {3}).verdict(kOpenAtThree);
  const auto rows = hops(built.trace());
  EXPECT_EQ(ttls(rows), (Ttls{2, 3}));
  EXPECT_EQ(ids(rows.front()), Ids{0});
}

TEST(Hops, OrdersProbesByAttemptThoughTheyWereSentInRounds) {
  TraceBuilder built;
  for (int round = 0; round < 2; ++round) {
    built.router(1, "192.0.2.1", {1}).router(2, "198.51.100.1", {2});
  }
  built.last().probe.attempt = 1;
  built.trace().probes[1].probe.attempt = 2;
  EXPECT_EQ(ids(hops(built.trace()).back()), (Ids{3, 1}));
}

TEST(Hops, PutsDirectAnswersBehindThoseOfTheTargetRow) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).silent(2, 1).target(3, ReplyKind::SynAck, {3});
  built.direct(ReplyKind::SynAck, {3.1, 3.2}).verdict(kOpenAtThree);
  const auto rows = hops(built.trace());
  EXPECT_EQ(ids(rows.back()), (Ids{2, 3, 4}));
  EXPECT_EQ(ids(rows.front()), Ids{0});
}

TEST(Hops, TakesNoMoreDirectAnswersThanQueriesWereAsked) {
  TraceBuilder built;
  built.trace().first_ttl = 3;
  built.target(3, ReplyKind::SynAck, {3, 3.1}).direct(ReplyKind::SynAck, {3.2, 3.3});
  built.verdict(kOpenAtThree);
  EXPECT_EQ(ids(hops(built.trace()).back()), (Ids{0, 1, 2}));
}

TEST(Hops, TakesNoDirectProbeTheTargetDidNotAnswer) {
  TraceBuilder built;
  built.trace().first_ttl = 3;
  built.target(3, ReplyKind::SynAck, {3}).direct(ReplyKind::SynAck, {3.2});
  built.last().state = Lost{};
  built.verdict(kOpenAtThree);
  EXPECT_EQ(ids(hops(built.trace()).back()), Ids{0});
}

TEST(Hops, LeavesOutTheSilenceOfOverlappedProbesOnAnAnsweredRow) {
  TraceBuilder built;
  built.trace().first_ttl = 3;
  built.target(3, ReplyKind::SynAck, {3}).silent(3, 2);
  built.trace().probes[1].overlapped = true;
  built.direct(ReplyKind::SynAck, {3.1}).verdict(kOpenAtThree);
  EXPECT_EQ(ids(hops(built.trace()).back()), (Ids{0, 2, 3}));
}

TEST(Hops, KeepsOverlappedProbesOnASilentRow) {
  TraceBuilder built;
  built.silent(1, 2);
  built.last().overlapped = true;
  const auto rows = hops(built.trace());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(ids(rows.front()), (Ids{0, 1}));
}

TEST(Hops, LeavesOutLostProbesThatWereSentAgain) {
  TraceBuilder built;
  built.silent(1, 1).router(1, "192.0.2.1", {1}).silent(1, 1).router(1, "192.0.2.1", {1, 1});
  EXPECT_EQ(ids(hops(built.trace()).front()), (Ids{1, 3, 4}));
}

TEST(Hops, KeepsEveryAnswerOfThePathThoughMoreThanQueries) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1, 1, 1}).silent(1, 1).router(1, "192.0.2.2", {1});
  EXPECT_EQ(ids(hops(built.trace()).front()), (Ids{0, 1, 2, 4}));
}

TEST(Hops, CountsProbesRefusedBeyondJustSoInTheRowOfWhoeverRefused) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).unreachable(2, "198.51.100.1", 13, {2}).silent(2, 1);
  built.silent(3, 1).unreachable(4, "198.51.100.1", 1, {2}).unreachable(5, "192.0.2.1", 13, {2});
  built.unreachable(6, "198.51.100.1", 13, {2, 2, 2});
  built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
  EXPECT_EQ(ids(hops(built.trace()).back()), (Ids{1, 2, 6}));
}

TEST(Hops, CountsNoLossWhereTheLimitOfWhoeverRefusedWasSpent) {
  TraceBuilder built;
  built.unreachable(1, "198.51.100.1", 1, {2}).silent(1, 2);
  built.unreachable(2, "198.51.100.1", 1, {2, 2}).unreachable(3, "198.51.100.1", 1, {2, 2});
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(ids(hops(built.trace()).back()), (Ids{0, 3, 4}));
}

TEST(Hops, EndsAtTheSmallestTtlThatGotTheDecidingUnreachable) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).router(2, "198.51.100.1", {2});
  built.unreachable(4, "198.51.100.1", 13, {2.2}).unreachable(3, "198.51.100.1", 13, {2.1});
  built.silent(5, 1).unreachable(6, "198.51.100.1", 13, {2.3});
  built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
  EXPECT_EQ(ttls(hops(built.trace())), (Ttls{1, 2, 3}));
}

TEST(Hops, GoesPastAnUnreachableThatDidNotDecide) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).unreachable(2, "192.0.2.99", 1, {2});
  built.unreachable(3, "198.51.100.1", 13, {2.1});
  built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
  EXPECT_EQ(ttls(hops(built.trace())), (Ttls{1, 2, 3}));
}

TEST(Hops, KeepsAllRowsWhenOnlyADirectProbeGotTheUnreachable) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).silent(2, 1).silent(3, 1);
  built.direct(ReplyKind::Unreachable, {9});
  built.last_reply().from = address("198.51.100.9");
  built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
  EXPECT_EQ(ttls(hops(built.trace())), (Ttls{1, 2, 3}));
}

TEST(Hops, KeepsTheSilentRowsAfterTheLastAnswer) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).silent(2).silent(3);
  built.verdict({.stop = StopReason::GapLimit}, false);
  EXPECT_EQ(ttls(hops(built.trace())), (Ttls{1, 2, 3}));
}

TEST(Hops, KeepsARowWithoutProbesBetweenTwoThatHaveSome) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).waiting(2).router(3, "198.51.100.1", {3}).waiting(4);
  built.verdict({.stop = StopReason::Interrupted}, false);
  const auto rows = hops(built.trace());
  EXPECT_EQ(ttls(rows), (Ttls{1, 2, 3}));
  EXPECT_TRUE(rows[1].probes.empty());
}

TEST(Hop, ListsRespondersInTheOrderOfTheirFirstAnswer) {
  TraceBuilder built;
  built.router(1, "192.0.2.9", {1}).router(1, "192.0.2.1", {2}).router(1, "192.0.2.9", {3});
  const auto responders = hops(built.trace()).front().responders();
  ASSERT_EQ(responders.size(), 2U);
  EXPECT_EQ(responders[0].address, address("192.0.2.9"));
  EXPECT_EQ(responders[0].count, 2);
  EXPECT_EQ(responders[0].rtts, (std::vector{ms(1), ms(3)}));
  EXPECT_EQ(responders[1].address, address("192.0.2.1"));
}

TEST(Hop, CountsALateAnswerWithoutItsTime) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1, 900}).late();
  const auto responders = hops(built.trace()).front().responders();
  ASSERT_EQ(responders.size(), 1U);
  EXPECT_EQ(responders[0].count, 2);
  EXPECT_EQ(responders[0].rtts, std::vector{ms(1)});
}

TEST(Hop, IsSilentUnlessAProbeWasAnswered) {
  TraceBuilder built;
  built.silent(1, 2).refused(2, Refusal::NoBuffers).silent(3, 1).router(3, "192.0.2.1", {1});
  const auto rows = hops(built.trace());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_TRUE(rows[0].is_silent());
  EXPECT_TRUE(rows[1].is_silent());
  EXPECT_FALSE(rows[2].is_silent());
}

}  // namespace
}  // namespace synroute::model
