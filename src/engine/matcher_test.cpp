// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.hpp"

#include "engine/engine.hpp"
#include "engine/probe_builder.hpp"
#include "wire/icmp_error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace synroute::engine {
namespace {

const IpAddress kSource = IpAddress::v4(0xc0000207);  // 192.0.2.7
const IpAddress kTarget = IpAddress::v4(0xcb007150);  // 203.0.113.80
const IpAddress kRouter = IpAddress::v4(0xc6336407);  // 198.51.100.7
constexpr Port kPort{443};

/// Asks for `count` probes at once on flow 0, TTL 1, 2, …; never concludes.
class Burst final : public Strategy {
 public:
  explicit Burst(int count) : count_{count} {}
  Move next(Instant /*now*/, bool may_send, const Ledger& /*ledger*/) override {
    if (!may_send || asked_ == count_) {
      return {};
    }
    ++asked_;
    return Ask{.flow = FlowId{0}, .ttl = Ttl{static_cast<std::uint8_t>(asked_)}};
  }
  void settled(const model::ProbeRecord& record, const Ledger& /*ledger*/) override {
    answers[record.probe.id] = record;
  }
  Duration patience(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) const override {
    return patient ? std::chrono::hours{1} : std::chrono::seconds{1};
  }
  model::Verdict verdict_so_far(const Ledger& /*ledger*/) const override { return {}; }

  /// `more` probes as soon as the engine looks again.
  void ask(int more) { count_ += more; }

  std::map<ProbeId, model::ProbeRecord> answers;  ///< or what was given up
  bool patient = true;

 private:
  int count_;
  int asked_ = 0;
};

/// An engine with `count` probes out, and the packets it sent.
struct Bench {
  explicit Bench(int count, std::uint64_t seed = 1, ProbeShape shape = system_syn(Family::V4)) {
    Settings settings;
    settings.head.source = {.address = kSource, .port = Port{45002}, .interface = {}};
    settings.head.target.address = kTarget;
    settings.head.target.port = kPort;
    settings.source_ports = {Port{45002}};
    settings.shape = std::move(shape);
    settings.seed = seed;
    settings.pacing = Duration{0};
    auto owned = std::make_unique<Burst>(count);
    burst = owned.get();
    engine = std::make_unique<Engine>(std::move(settings), std::move(owned));
    engine->advance(Instant{});
    drain();
    for (std::uint32_t i = 0; i < sent.size(); ++i) {
      engine->sent(ProbeId{i}, Instant{});
      drain();
    }
  }
  void drain() {
    while (auto output = engine->poll()) {
      if (auto* probe = std::get_if<SendProbe>(&*output)) {
        sent.push_back(std::move(probe->datagram));
      }
    }
  }
  /// Probes that leave at `now`.
  void ask(int more, Instant now) {
    burst->ask(more);
    const std::size_t before = sent.size();
    engine->advance(now);
    drain();
    for (std::size_t i = before; i < sent.size(); ++i) {
      engine->sent(ProbeId{static_cast<std::uint32_t>(i)}, now);
      drain();
    }
  }
  Claim deliver(const wire::Datagram& datagram) {
    const Claim claim = engine->handle(datagram, Instant{std::chrono::milliseconds{20}});
    drain();
    return claim;
  }
  /// The one probe answered, which must be the only one.
  [[nodiscard]] std::optional<std::uint32_t> answered() const {
    return burst->answers.size() == 1 ? std::optional{burst->answers.begin()->first.value()}
                                      : std::nullopt;
  }

  Burst* burst = nullptr;
  std::unique_ptr<Engine> engine;
  std::vector<wire::Datagram> sent;
};

wire::Datagram time_exceeded(const wire::Quote& quote) {
  wire::Datagram datagram;
  datagram.ip.source = kRouter;
  datagram.ip.destination = kSource;
  datagram.ip.ttl = Ttl{250};
  wire::IcmpMessage message;
  message.type = 11;
  message.quote = quote;
  datagram.body = message;
  return datagram;
}

/// The quote of a whole packet, read by the same code that reads the network.
wire::Quote whole_quote(const wire::Datagram& probe) {
  wire::Quote quote;
  const wire::TcpSegment& segment = *probe.tcp();
  quote.source = probe.ip.source;
  quote.destination = probe.ip.destination;
  quote.protocol = probe.ip.protocol;
  quote.ip = wire::QuotedIp{.ttl = Ttl{1}, .tos = probe.ip.tos, .id = probe.ip.id};
  quote.tcp = wire::QuotedTcp{
      .source_port = segment.header.source_port,
      .destination_port = segment.header.destination_port,
      .sequence = segment.header.sequence,
      .header = segment.header};
  quote.transport_bytes = 40;
  return quote;
}

wire::Quote short_quote(const wire::Datagram& probe) {
  wire::Quote quote = whole_quote(probe);
  quote.tcp->header.reset();
  quote.transport_bytes = 8;
  return quote;
}

wire::Datagram answer(
    const wire::Datagram& probe,
    wire::TcpFlags flags,
    std::uint32_t sequence,
    std::uint32_t acknowledgement) {
  wire::Datagram datagram;
  datagram.ip.source = probe.ip.destination;
  datagram.ip.destination = probe.ip.source;
  datagram.ip.ttl = Ttl{55};
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = flags;
  segment.header.sequence = sequence;
  segment.header.acknowledgement = acknowledgement;
  datagram.body = segment;
  return datagram;
}

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

TEST(Matcher, NamesNobodyWhenSequenceAndIdAreBothGone) {
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

TEST(Matcher, NamesNobodyByTheFlowAloneWhenTheIdIsAnothers) {
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

TEST(Matcher, NamesNobodyWhenTheOneThatWasAloneIsNoLonger) {
  Bench bench{12};
  bench.burst->patient = false;
  bench.engine->advance(Instant{std::chrono::seconds{2}});
  bench.drain();
  bench.ask(1, Instant{std::chrono::seconds{2}});
  bench.ask(1, Instant{std::chrono::seconds{2}});
  EXPECT_EQ(bench.deliver(answer(bench.sent[12], wire::TcpFlag::Ack, 9, 4242)), Claim::Unmatched);
}

// --- one million answers through a hostile network -----------------------------------------------

/// What a middlebox did to one quote.
struct Damage {
  /// A key is left that names the probe beyond doubt.
  bool key_survives = true;
  /// The sequence number is rewritten and the IP ID drawn anew, and the quote ends behind the
  /// ports: nothing but the flow is genuine. 16 bits drawn at random name one of n probes by
  /// accident with a probability of 3n / 65,536 (as drawn, swapped, incremented), and nothing can
  /// tell.
  bool misleads = false;
};

Damage damage(wire::Quote& quote, Random& random, std::uint32_t box_offset) {
  const bool sequence_kept = random.chance(0.7);
  if (!sequence_kept) {
    quote.tcp->sequence += box_offset;
    if (quote.tcp->header) {
      quote.tcp->header->sequence = quote.tcp->sequence;
    }
  }
  bool id_kept = true;
  const std::uint64_t id_fate = random.below(6);
  if (id_fate == 1) {
    quote.ip->id = swapped(quote.ip->id);
  } else if (id_fate == 2) {
    quote.ip->id = static_cast<std::uint16_t>(quote.ip->id + 1);
  } else if (id_fate == 3) {
    quote.ip->id = 0;
    id_kept = false;
  } else if (id_fate == 4) {
    quote.ip->id = static_cast<std::uint16_t>(random.next());
    id_kept = false;
  }
  const bool stamp_kept = quote.tcp->header.has_value();
  bool flow_kept = true;
  if (sequence_kept && random.chance(0.2)) {
    quote.tcp->source_port = Port{static_cast<std::uint16_t>(random.next())};
    flow_kept = quote.tcp->source_port == Port{45002};
  }
  if (sequence_kept && random.chance(0.2)) {
    quote.source = IpAddress::v4(static_cast<std::uint32_t>(random.next()));
  }
  return {
      .key_survives = sequence_kept || (flow_kept && (id_kept || stamp_kept)),
      .misleads = !sequence_kept && !stamp_kept && id_fate == 4};
}

/// Counts over all answers.
struct Tally {
  std::uint64_t answers = 0;
  std::uint64_t wrong = 0;
  std::uint64_t lost_key = 0;
  std::uint64_t unmatched_with_key = 0;
  std::uint64_t misleading = 0;
  std::uint64_t misled = 0;
  double misled_by_accident = 0;  ///< expected, if none were recognised by what others taught

  void add(const Damage& done, const MatchOutcome& outcome, std::size_t truth, int probes) {
    const bool is_wrong = outcome.match && outcome.match->probe.value() != truth;
    ++answers;
    if (done.misleads) {
      ++misleading;
      misled += is_wrong ? 1U : 0U;
      misled_by_accident += 3.0 * probes / 65536;
      return;
    }
    wrong += is_wrong ? 1U : 0U;
    lost_key += done.key_survives ? 0U : 1U;
    unmatched_with_key += done.key_survives && !outcome.match ? 1U : 0U;
  }
};

TEST(Matcher, MakesNoWrongAttributionInAMillionDamagedAnswersButByAccidentOfADrawnIpId) {
  constexpr int kRounds = 9000;
  Tally tally;
  Random random{20260101};
  for (int round = 0; round < kRounds; ++round) {
    const int probes = 6 + static_cast<int>(random.below(60));
    Bench bench{probes, random.next()};
    const Ledger& ledger = bench.engine->ledger();
    Matcher matcher{kSource, kTarget, ledger};
    for (const model::ProbeRecord& record : ledger.records()) {
      matcher.add(record.probe, 0);
    }
    const auto box_offset = static_cast<std::uint32_t>(random.next()) | 1U;
    for (int i = 0; i < 3 * probes + 10; ++i) {  // any order, repeated, some never answered
      const std::size_t truth = random.below(bench.sent.size());
      wire::Quote quote =
          random.chance(0.5) ? whole_quote(bench.sent[truth]) : short_quote(bench.sent[truth]);
      const Damage done = damage(quote, random, box_offset);
      tally.add(done, matcher.match(time_exceeded(quote)), truth, probes);
    }
  }
  EXPECT_GE(tally.answers, 1'000'000U);
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_EQ(tally.unmatched_with_key, 0U);
  EXPECT_GT(tally.lost_key, 0U) << "the test no longer destroys every key anywhere";
  EXPECT_GT(tally.misleading, 10'000U);
  EXPECT_GT(tally.misled, 0U) << "the test no longer reaches the accident it bounds";
  EXPECT_LE(static_cast<double>(tally.misled), tally.misled_by_accident);
  RecordProperty("misleading", std::to_string(tally.misleading));
  RecordProperty("misled", std::to_string(tally.misled));
}

}  // namespace
}  // namespace synroute::engine
