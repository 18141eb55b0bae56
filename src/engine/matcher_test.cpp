// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.hpp"

#include "engine/matcher_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::engine {
namespace {

TEST(Matcher, NamesTheProbeByPortsAndSequence) {
  Bench bench{30};
  EXPECT_EQ(bench.deliver(time_exceeded(short_quote(bench.sent[17]))), Claim::Mine);
  EXPECT_EQ(bench.answered(), 17U);
  EXPECT_EQ(bench.burst->answers.begin()->second.reply()->grade.ip_id, model::IdGrade::Same);
}

TEST(Matcher, RecognisesAProbeWhoseIpIdWasRewritten) {
  Bench bench{30};
  wire::Quote quote = short_quote(bench.sent[4]);
  quote.ip->id = 0;
  bench.deliver(time_exceeded(quote));
  ASSERT_EQ(bench.answered(), 4U);
  EXPECT_EQ(bench.burst->answers.begin()->second.reply()->grade.ip_id, model::IdGrade::Zero);
}

TEST(Matcher, RecognisesAProbeWhoseSequenceWasRewrittenByItsIpId) {
  Bench bench{30};
  wire::Quote quote = short_quote(bench.sent[4]);
  quote.tcp->sequence ^= 0x5a5a5a5a;
  bench.deliver(time_exceeded(quote));
  ASSERT_EQ(bench.answered(), 4U);
  EXPECT_TRUE(bench.burst->answers.begin()->second.reply()->grade.sequence_rewritten);
}

TEST(Matcher, RecognisesUntranslatedSourceAddressAndPort) {
  Bench bench{30};
  wire::Quote quote = short_quote(bench.sent[9]);
  quote.source = IpAddress::v4(0x64400001);
  quote.tcp->source_port = Port{1024};
  bench.deliver(time_exceeded(quote));
  ASSERT_EQ(bench.answered(), 9U);
  const model::MatchGrade& grade = bench.burst->answers.begin()->second.reply()->grade;
  EXPECT_TRUE(grade.source_rewritten);
  EXPECT_TRUE(grade.ports_rewritten);
}

TEST(Matcher, NamesNoProbeWhenSequenceAndIdAreBothGone) {
  Bench bench{30};
  wire::Quote quote = short_quote(bench.sent[4]);
  quote.tcp->sequence += 12345;
  quote.ip->id = 0;
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, NamesTheOnlyProbeOfAFlowByTheFlowAlone) {
  Bench bench{1};
  wire::Quote quote = short_quote(bench.sent[0]);
  quote.tcp->sequence += 12345;
  quote.ip->id = 0;
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Mine);
}

TEST(Matcher, NamesNoProbeByTheFlowAloneWhenTheIdIsAnothers) {
  Bench bench{1};
  wire::Quote quote = short_quote(bench.sent[0]);
  quote.tcp->sequence += 12345;
  quote.ip->id = static_cast<std::uint16_t>(quote.ip->id + 77);
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, LearnsTheOffsetABoxAddsToSequenceNumbers) {
  Bench bench{30};
  for (const std::size_t i : {3U, 4U}) {
    wire::Quote quote = short_quote(bench.sent[i]);
    quote.tcp->sequence += 777;
    bench.deliver(time_exceeded(quote));
  }
  wire::Quote bare = short_quote(bench.sent[8]);
  bare.tcp->sequence += 777;
  bare.ip->id = 0;
  EXPECT_EQ(bench.deliver(time_exceeded(bare)), Claim::Mine);
  EXPECT_TRUE(bench.burst->answers.contains(ProbeId{8}));
}

TEST(Matcher, IgnoresQuotesOfOtherProgramsProbes) {
  Bench bench{5};
  wire::Quote quote = short_quote(bench.sent[0]);
  quote.destination = IpAddress::v4(0x08080808);
  quote.tcp->sequence += 99;
  quote.tcp->destination_port = Port{80};
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Foreign);
}

TEST(Matcher, LeavesQuotesOfOtherPortsOfTheTargetToThoseWhoAskedThem) {
  Bench bench{5};
  wire::Quote quote = short_quote(bench.sent[0]);
  quote.tcp->sequence += 99;
  quote.tcp->source_port = Port{40123};
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Unmatched);
  quote.tcp->destination_port = Port{8443};
  EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Foreign);
}

TEST(Matcher, CreditsTheTargetsAnswerByAcknowledgementNotByOrder) {
  Bench bench{12};
  const std::uint32_t sequence = bench.sent[2].tcp()->header.sequence;
  bench.deliver(answer(bench.sent[2], wire::TcpFlag::Syn | wire::TcpFlag::Ack, 9, sequence + 1));
  EXPECT_EQ(bench.answered(), 2U);
}

TEST(Matcher, DoesNotBelieveASynAckForASequenceNeverSent) {
  Bench bench{12};
  const wire::Datagram forged =
      answer(bench.sent[2], wire::TcpFlag::Syn | wire::TcpFlag::Ack, 9, 4242);
  EXPECT_EQ(bench.deliver(forged), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, DoesNotBelieveAnRstForASequenceNeverSentThoughOnlyOneProbeIsOut) {
  Bench bench{1};
  const auto forged = answer(bench.sent[0], wire::TcpFlag::Rst | wire::TcpFlag::Ack, 9, 4242);
  EXPECT_EQ(bench.deliver(forged), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, NeverGuessesWhichProbeAChallengeAckAnswers) {
  Bench bench{12};
  const std::uint32_t first = bench.sent[0].tcp()->header.sequence;
  // RFC 5961: the acknowledgement names the probe that made the entry, not the one challenged.
  EXPECT_EQ(
      bench.deliver(answer(bench.sent[5], wire::TcpFlag::Ack, 9, first + 1)), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, AcceptsAnRstThatAcknowledgesData) {
  ProbeShape shape = system_syn(Family::V4);
  shape.payload.assign(10, 0x21);
  Bench bench{12, 1, shape};
  const std::uint32_t sequence = bench.sent[7].tcp()->header.sequence;
  bench.deliver(answer(bench.sent[7], wire::TcpFlag::Rst | wire::TcpFlag::Ack, 0, sequence + 11));
  EXPECT_EQ(bench.answered(), 7U);
}

TEST(Matcher, AcceptsAnRstWithoutAckFlagThatStillCarriesTheNumber) {
  Bench bench{12};
  const std::uint32_t sequence = bench.sent[7].tcp()->header.sequence;
  bench.deliver(answer(bench.sent[7], wire::TcpFlag::Rst, 0, sequence + 1));
  EXPECT_EQ(bench.answered(), 7U);
}

TEST(Matcher, NamesNoneOfSeveralByAnRstWithoutAnyKey) {
  Bench bench{12};
  EXPECT_EQ(bench.deliver(answer(bench.sent[7], wire::TcpFlag::Rst, 0, 0)), Claim::Unmatched);
}

TEST(Matcher, NamesTheOnlyProbeByAnRstWithoutAnyKey) {
  Bench bench{1};
  EXPECT_EQ(bench.deliver(answer(bench.sent[0], wire::TcpFlag::Rst, 0, 0)), Claim::Mine);
}

TEST(Matcher, CreditsAnRstToAnAckProbeByTheNumberItWasGiven) {
  ProbeShape shape = bare_syn();
  shape.flags = wire::TcpFlag::Ack;
  Bench bench{12, 1, shape};
  const std::uint32_t given = bench.sent[3].tcp()->header.acknowledgement;
  bench.deliver(answer(bench.sent[3], wire::TcpFlag::Rst, given, 0));
  EXPECT_EQ(bench.answered(), 3U);
}

TEST(Matcher, NamesTheProbeThatWasAloneOnTheWay) {
  for (const wire::TcpFlags flags : {wire::TcpFlag::Ack, wire::TcpFlag::Rst, wire::TcpFlag::Syn}) {
    Bench bench{12};
    bench.burst->patient = false;
    bench.engine->advance(Instant{std::chrono::seconds{2}});  // gives the first twelve up
    bench.drain();
    bench.ask(1, Instant{std::chrono::seconds{2}});
    EXPECT_EQ(bench.deliver(answer(bench.sent[12], flags, 9, 4242)), Claim::Mine);
    EXPECT_NE(bench.burst->answers.at(ProbeId{12}).reply(), nullptr);
  }
}

TEST(Matcher, NamesNoProbeWhenTheOneThatWasAloneIsNoLonger) {
  Bench bench{12};
  bench.burst->patient = false;
  bench.engine->advance(Instant{std::chrono::seconds{2}});
  bench.drain();
  bench.ask(1, Instant{std::chrono::seconds{2}});
  bench.ask(1, Instant{std::chrono::seconds{2}});
  EXPECT_EQ(bench.deliver(answer(bench.sent[12], wire::TcpFlag::Ack, 9, 4242)), Claim::Unmatched);
}

}  // namespace
}  // namespace synroute::engine
