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

TEST(Matcher, RecognisesProbesWhoseSequenceWasRewrittenByTheirIpIdsTogether) {
  Bench bench{30};
  wire::Quote first = short_quote(bench.sent[4]);
  first.tcp->sequence ^= 0x5a5a5a5a;
  EXPECT_EQ(bench.deliver(time_exceeded(first)), Claim::Unmatched);
  EXPECT_TRUE(bench.burst->answers.empty());
  wire::Quote second = short_quote(bench.sent[9]);
  second.tcp->sequence ^= 0x77777777;
  EXPECT_EQ(bench.deliver(time_exceeded(second)), Claim::Mine);
  ASSERT_EQ(bench.burst->answers.size(), 2U);
  for (const std::uint32_t id : {4U, 9U}) {
    const model::Reply* reply = bench.burst->answers.at(ProbeId{id}).reply();
    ASSERT_NE(reply, nullptr);
    EXPECT_TRUE(reply->grade.sequence_rewritten);
  }
}

TEST(Matcher, BelievesNoIpIdsAmongManyThatMiss) {
  Bench bench{30};
  wire::Quote blind = short_quote(bench.sent[0]);
  blind.tcp->sequence += 12345;
  blind.ip->id = 0;
  for (int i = 0; i < 100; ++i) {
    bench.deliver(time_exceeded(blind));
  }
  for (const std::size_t i : {4U, 9U}) {
    wire::Quote lucky = short_quote(bench.sent[i]);
    lucky.tcp->sequence ^= 0x5a5a5a5aU + static_cast<std::uint32_t>(i);
    bench.deliver(time_exceeded(lucky));
  }
  EXPECT_TRUE(bench.burst->answers.empty());
}

TEST(Matcher, BelievesASequenceNumberOnlyWhileTheMissesMakeALuckyHitUnlikely) {
  for (const int misses : {300, 700}) {  // 2^14 / 40 probes = 409
    Bench bench{40};
    wire::Quote blind = short_quote(bench.sent[0]);
    blind.tcp->sequence += 12345;
    blind.ip->id = 0;
    for (int i = 0; i < misses; ++i) {
      bench.deliver(time_exceeded(blind));
    }
    wire::Quote without_id = short_quote(bench.sent[4]);
    without_id.ip->id = 0;
    bench.deliver(time_exceeded(without_id));
    EXPECT_EQ(bench.burst->answers.size(), misses < 409 ? 1U : 0U) << misses;
    bench.deliver(time_exceeded(short_quote(bench.sent[5])));
    EXPECT_TRUE(bench.burst->answers.contains(ProbeId{5})) << "two numbers: no flood guesses both";
  }
}

TEST(Matcher, IsNotSpoiltByOtherTracesOfTheSameTarget) {
  Bench bench{40};
  wire::Quote of_another = short_quote(bench.sent[0]);
  of_another.tcp->source_port = Port{40123};
  of_another.tcp->sequence += 12345;
  for (int i = 0; i < 5000; ++i) {
    bench.deliver(time_exceeded(of_another));
  }
  const std::uint32_t sequence = bench.sent[2].tcp()->header.sequence;
  const auto closed = wire::TcpFlag::Rst | wire::TcpFlag::Ack;
  EXPECT_EQ(bench.deliver(answer(bench.sent[2], closed, 0, sequence + 1)), Claim::Mine);
}

TEST(Matcher, BelievesASynAckAmongManyForgeriesOnlyByItsTimestamp) {
  for (const bool echoes : {false, true}) {
    Bench bench{40};
    const wire::TcpFlags flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
    for (int i = 0; i < 700; ++i) {
      bench.deliver(answer(bench.sent[2], flags, 9, 4242));
    }
    const wire::TcpHeader& sent = bench.sent[2].tcp()->header;
    wire::Datagram genuine = answer(bench.sent[2], flags, 9, sent.sequence + 1);
    if (echoes) {
      wire::TcpSegment segment = *genuine.tcp();
      segment.header.options.timestamps({.value = 1, .echo = sent.options.timestamps()->value});
      genuine.body = segment;
    }
    EXPECT_EQ(bench.deliver(genuine) == Claim::Mine, echoes);
  }
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

TEST(Matcher, NamesNoProbeByTheFlowAloneThoughItHasOnlyOne) {
  for (const bool zeroed : {true, false}) {
    Bench bench{1};
    wire::Quote quote = short_quote(bench.sent[0]);
    quote.tcp->sequence += 12345;
    quote.ip->id = zeroed ? std::uint16_t{0} : static_cast<std::uint16_t>(quote.ip->id + 77);
    EXPECT_EQ(bench.deliver(time_exceeded(quote)), Claim::Unmatched);
    EXPECT_TRUE(bench.burst->answers.empty());
  }
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

TEST(Matcher, NamesNoProbeByASegmentWithoutAnyKeyThoughOnlyOneIsOut) {
  for (const wire::TcpFlags flags :
       {wire::TcpFlags{wire::TcpFlag::Rst},
        wire::TcpFlags{wire::TcpFlag::Syn},
        wire::TcpFlag::Syn | wire::TcpFlag::Ack,
        wire::TcpFlags{wire::TcpFlag::Ack}}) {
    Bench bench{1};
    EXPECT_EQ(bench.deliver(answer(bench.sent[0], flags, 9, 0)), Claim::Unmatched);
    EXPECT_TRUE(bench.burst->answers.empty());
  }
}

TEST(Matcher, NamesTheProbeWhoseTimestampABareSynEchoes) {
  Bench bench{12};
  wire::Datagram datagram = answer(bench.sent[5], wire::TcpFlag::Syn, 9, 0);
  wire::TcpSegment segment = *datagram.tcp();
  segment.header.options.timestamps(
      {.value = 1, .echo = bench.sent[5].tcp()->header.options.timestamps()->value});
  datagram.body = segment;
  bench.deliver(datagram);
  EXPECT_EQ(bench.answered(), 5U);
}

TEST(Matcher, CreditsAnRstToAnAckProbeByTheNumberItWasGiven) {
  ProbeShape shape = bare_syn();
  shape.flags = wire::TcpFlag::Ack;
  Bench bench{12, 1, shape};
  const std::uint32_t given = bench.sent[3].tcp()->header.acknowledgement;
  bench.deliver(answer(bench.sent[3], wire::TcpFlag::Rst, given, 0));
  EXPECT_EQ(bench.answered(), 3U);
}

TEST(Matcher, CreditsAChallengeToTheProbeThatWasAloneOnTheWay) {
  Bench bench{12};
  bench.burst->patient = false;
  bench.engine->advance(Instant{std::chrono::seconds{2}});  // gives the first twelve up
  bench.drain();
  bench.ask(1, Instant{std::chrono::seconds{2}});
  const std::uint32_t first = bench.sent[0].tcp()->header.sequence;
  EXPECT_EQ(bench.deliver(answer(bench.sent[12], wire::TcpFlag::Ack, 9, first + 1)), Claim::Mine);
  EXPECT_NE(bench.burst->answers.at(ProbeId{12}).reply(), nullptr);
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
