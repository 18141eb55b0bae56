// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/patience.hpp"

#include "strategy/path/path_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace synroute::strategy {
namespace {

using model::WaitRule;

/// An answer of the router at a TTL (0: of the target) after a round trip.
model::ProbeRecord answered(int ttl, Duration rtt) {
  model::ProbeRecord record;
  record.probe.role = ttl == 0 ? model::ProbeRole::Direct : model::ProbeRole::Hop;
  record.probe.ttl = ttl_of(std::max(ttl, 1));
  model::Reply reply;
  reply.kind = ttl == 0 ? model::ReplyKind::SynAck : model::ReplyKind::TimeExceeded;
  reply.rtt = rtt;
  record.state = model::Answered{.reply = reply};
  return record;
}

RttBook book(const std::vector<std::pair<int, int>>& answers) {
  RttBook result;
  for (const auto& [ttl, rtt] : answers) {
    result.add(answered(ttl, milliseconds{rtt}));
  }
  return result;
}

Duration learnt(const RttBook& book, int ttl) {
  return patience({}, book, ttl_of(ttl));
}

TEST(Patience, IsOneSecondAndAThirdWhileNothingHasAnswered) {
  EXPECT_EQ(learnt(book({}), 1), milliseconds{1350});
  EXPECT_EQ(learnt(book({{1, 100}}), 2), milliseconds{1350});
}

TEST(Patience, GrowsWithTheLargestRoundTripBehindTheLastAnswer) {
  EXPECT_EQ(learnt(book({{1, 1300}}), 2), milliseconds{1950 + 200});
}

TEST(Patience, AddsAMarginToWhatTheSameHopTook) {
  EXPECT_EQ(learnt(book({{3, 40}}), 3), milliseconds{40 + 60});
  EXPECT_EQ(learnt(book({{3, 400}}), 3), milliseconds{400 + 100});
  EXPECT_EQ(learnt(book({{3, 40}, {3, 240}}), 3), milliseconds{240 + 400}) << "twice the spread";
}

TEST(Patience, StartsFromTheFastestAnswerBeyondASilentHop) {
  EXPECT_EQ(learnt(book({{4, 90}, {5, 90}}), 3), milliseconds{90 + 60});
  EXPECT_EQ(learnt(book({{0, 90}}), 3), milliseconds{90 + 60}) << "the target is beyond";
  EXPECT_EQ(learnt(book({{4, 800}}), 3), milliseconds{800 + 200});
}

TEST(Patience, GivesRoutersOfAFastPathAnEighthOfASecond) {
  EXPECT_EQ(learnt(book({{4, 1}}), 3), milliseconds{118});
  EXPECT_EQ(learnt(book({{4, 50}, {5, 50}}), 3), milliseconds{118});
}

TEST(Patience, AllowsASilentHopMoreThanTheSlowestRouterAdded) {
  EXPECT_EQ(learnt(book({{2, 60}, {4, 40}}), 3), milliseconds{40 + 60 + 120});
  EXPECT_EQ(learnt(book({{2, 140}, {4, 40}}), 3), milliseconds{40 + 60 + 200}) << "at most";
  EXPECT_EQ(learnt(book({{2, 340}, {4, 40}}), 3), milliseconds{40 + 450});
}

TEST(Patience, EndsAfterSixSeconds) {
  EXPECT_EQ(learnt(book({{2, 5000}, {4, 40}}), 3), seconds{6});
}

TEST(Patience, IsTheMaximumForEveryProbeWhenOnlyThatIsStated) {
  const WaitRule rule = model::wait_always(seconds{3});
  const RttBook known = book({{3, 10}, {4, 12}, {0, 12}});
  for (const int ttl : {1, 3, 9}) {
    EXPECT_EQ(patience(rule, known, ttl_of(ttl)), seconds{3}) << ttl;
  }
  EXPECT_EQ(target_patience(rule, known, false), seconds{3});
  EXPECT_EQ(target_patience(rule, known, true), seconds{3});
}

TEST(Patience, MultipliesAsStated) {
  const WaitRule rule{.max = seconds{5}, .factors = WaitRule::Factors{.here = 3, .near = 10}};
  const RttBook known = book({{3, 200}, {5, 300}});
  EXPECT_EQ(patience(rule, known, Ttl{3}), milliseconds{600});
  EXPECT_EQ(patience(rule, known, Ttl{4}), milliseconds{3000});
  EXPECT_EQ(patience(rule, known, Ttl{6}), seconds{5});
}

// --- on whole paths ------------------------------------------------------------------------------

TEST(Patience, LosesNoHopBehindTwoSatellites) {
  Path path;
  path.distance = 6;
  path.per_hop = milliseconds{1};
  path.base = milliseconds{1290};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.counters.late, 0U);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{6});
  EXPECT_EQ(shape(outcome.trace, 6), "syn_ack syn_ack syn_ack ");
}

TEST(Patience, ShowsWhatCameLateAndTheRestOfItsRowInTime) {
  Path path;
  path.slow[3] = milliseconds{400};  // given up after 118 ms
  path.port = Path::Port::Dropped;
  path.distance = 8;
  const Outcome outcome = run(path);
  EXPECT_EQ(shape(outcome.trace, 3), "time_exceeded time_exceeded time_exceeded ");
  int late = 0;
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    late += record.is_late() ? 1 : 0;
  }
  EXPECT_EQ(late, 1) << "the other two wait again when the first comes";
}

TEST(Patience, SaysHowLongALostProbeWasWaitedFor) {
  Path path;
  path.slow[3] = milliseconds{900};
  const Outcome outcome = run(path);
  int lost = 0;
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    const auto* state = std::get_if<model::Lost>(&record.state);
    if (state != nullptr && record.probe.ttl == Ttl{3}) {
      ASSERT_TRUE(state->waited);
      EXPECT_GE(*state->waited, milliseconds{118});
      EXPECT_LT(*state->waited, milliseconds{900});
      ++lost;
    }
  }
  EXPECT_EQ(lost, 3);
}

TEST(Patience, WaitsAsLongAsItWasTold) {
  for (const int slow : {300, 900, 1500, 2900, 6000}) {
    Path path;
    path.slow[3] = milliseconds{slow};
    TraceOptions options;
    options.wait = model::wait_always(seconds{3});
    EXPECT_EQ(shape(run(path, options).trace, 3) == "lost lost lost ", slow > 3000) << slow;
    options.wait = model::wait_always(seconds{7});
    EXPECT_EQ(shape(run(path, options).trace, 3), "time_exceeded time_exceeded time_exceeded ")
        << slow;
  }
}

// --- a host that is down -------------------------------------------------------------------------

TEST(HostReport, IsAwaitedForThreeSeconds) {
  Path path;
  path.down_after = milliseconds{3060};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Unreachable);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
  EXPECT_EQ(outcome.trace.counters.late, 0U);
  EXPECT_EQ(outcome.announced, one_to(12));
  EXPECT_EQ(shape(outcome.trace, 12), "unreachable unreachable unreachable ");
  EXPECT_LE(outcome.trace.duration, milliseconds{3060 + 12 * 5 + 150});
}

TEST(HostReport, IsAwaitedNoLongerThanItTakes) {
  Path path;
  path.port = Path::Port::Dropped;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
  EXPECT_GE(outcome.trace.duration, milliseconds{3150 + 2 * 55});
  EXPECT_LE(outcome.trace.duration, milliseconds{3150 + 3 * 55});
}

TEST(HostReport, IsPrecededByWhatIsKnownAtTheOrdinaryTime) {
  Path path;
  path.down_after = milliseconds{3060};
  const Outcome outcome = run(path);
  ASSERT_TRUE(outcome.provisional);
  EXPECT_EQ(outcome.provisional->state, model::PortState::Filtered);
  EXPECT_LE(outcome.provisional_at, milliseconds{1500});
}

TEST(HostReport, IsNotAwaitedByAStatedWait) {
  Path path;
  path.down_after = milliseconds{3060};
  TraceOptions options;
  options.wait = model::wait_always(milliseconds{500});
  const Outcome outcome = run(path, options);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
  EXPECT_FALSE(outcome.provisional);
  EXPECT_LE(outcome.trace.duration, seconds{2});
}

TEST(HostReport, IsNotAwaitedWhereTheTargetAnswers) {
  Path path;
  path.silent = {9, 10, 11};
  const Outcome outcome = run(path);
  EXPECT_FALSE(outcome.provisional);
  EXPECT_LE(outcome.trace.duration, milliseconds{400});
}

// --- many paths ----------------------------------------------------------------------------------

/// The mix of routers that the rules were chosen for: 85 % make an error within 5 ms, 10 % take
/// 20 ms more on average, 3.5 % 120 ms, 1.2 % 0.3 to 1.5 s, 0.3 % up to 6 s.
Duration report_delay(std::mt19937& random) {
  std::uniform_real_distribution<> share{0, 100};
  const double kind = share(random);
  const auto between = [&](double least, double most) {
    return std::uniform_real_distribution<>{least, most}(random);
  };
  const auto exponential = [&](double mean) {
    return std::exponential_distribution<>{1 / mean}(random);
  };
  const double delay = kind < 85     ? between(0, 5)
                       : kind < 95   ? exponential(20)
                       : kind < 98.5 ? exponential(120)
                       : kind < 99.7 ? between(300, 1500)
                                     : between(1500, 6000);
  return Duration{static_cast<Duration::rep>(std::min(delay, 6000.0) * 1e6)};
}

struct Tally {
  int answering = 0;  ///< hops that answer within 6 s
  int missed = 0;     ///< of these, shown without an answer
  std::vector<Duration> open;
  std::vector<Duration> silent;
};

Duration median(std::vector<Duration> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

Tally trace_population(int paths, Duration base, const WaitRule& rule = {}) {
  std::mt19937 random{20};
  Tally tally;
  for (int number = 0; number < paths; ++number) {
    Path path;
    path.distance = std::uniform_int_distribution<>{6, 19}(random);
    const double rtt = std::lognormal_distribution<>{std::log(50.0), 0.8}(random);
    path.per_hop = Duration{static_cast<Duration::rep>(rtt * 1e6 / path.distance)};
    path.base = base;
    const int kind = std::uniform_int_distribution<>{0, 9}(random);
    path.port = kind < 7 ? Path::Port::Open : Path::Port::Dropped;
    for (int ttl = 1; ttl < path.distance; ++ttl) {
      path.slow[ttl] = report_delay(random);
      if (std::uniform_int_distribution<>{0, 99}(random) < 12) {
        path.silent.insert(ttl);
      }
    }
    TraceOptions options;
    options.wait = rule;
    const Outcome outcome = run(path, options);
    (kind < 7 ? tally.open : tally.silent).push_back(outcome.trace.duration);
    for (const model::Hop& hop : model::hops(outcome.trace)) {
      const int ttl = hop.ttl.value();
      const bool answers = ttl < path.distance && !path.silent.contains(ttl);
      tally.answering += answers ? 1 : 0;
      tally.missed += answers && hop.is_silent() ? 1 : 0;
    }
  }
  return tally;
}

TEST(Patience, MissesOneHopInSixtyOfAMixOfPathsAndIsQuick) {
  const Tally tally = trace_population(300, {});
  EXPECT_LE(tally.missed * 60, tally.answering) << tally.missed << " of " << tally.answering;
  EXPECT_LE(median(tally.open), milliseconds{200});
  EXPECT_LE(median(tally.silent), milliseconds{3400});
}

TEST(Patience, MissesOneHopInAHundredBehindASatellite) {
  const Tally tally = trace_population(100, milliseconds{600});
  EXPECT_LE(tally.missed * 100, tally.answering) << tally.missed << " of " << tally.answering;
}

TEST(Patience, MissesNoMoreThanTheStatedWaitMust) {
  const Tally tally = trace_population(100, {}, model::wait_always(seconds{7}));
  EXPECT_EQ(tally.missed, 0);
}

}  // namespace
}  // namespace synroute::strategy
