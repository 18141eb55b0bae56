// SPDX-License-Identifier: Apache-2.0
// One million answers through a hostile network.
#include "engine/matcher.hpp"
#include "engine/matcher_for_tests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::engine {
namespace {

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
    const auto& named = outcome.match ? outcome.match : outcome.half;
    const bool is_wrong = named && named->probe.value() != truth;
    ++answers;
    if (done.misleads) {
      ++misleading;
      misled += is_wrong ? 1U : 0U;
      misled_by_accident += 3.0 * probes / 65536;
      return;
    }
    wrong += is_wrong ? 1U : 0U;
    lost_key += done.key_survives ? 0U : 1U;
    unmatched_with_key += done.key_survives && !named ? 1U : 0U;
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
      const MatchOutcome outcome = matcher.match(time_exceeded(quote));
      tally.add(done, outcome, truth, probes);
      if (outcome.half && !done.misleads) {
        matcher.learn(*outcome.half, quote);  // as if others had proved it
      }
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
