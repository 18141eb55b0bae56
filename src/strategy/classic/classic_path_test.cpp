// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_path.hpp"

#include "strategy/classic/classic_for_tests.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <vector>

namespace synroute::strategy::classic {
namespace {

TEST(ClassicPath, ShowsEveryHopAndTheOpenTargetFromOneSourcePort) {
  Path path;
  const Outcome outcome = run(path);
  for (int ttl = 1; ttl < 12; ++ttl) {
    EXPECT_EQ(row(outcome, ttl), "A A A") << ttl;
  }
  EXPECT_EQ(row(outcome, 12), "open open open");
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::TargetAnswered);
  EXPECT_EQ(outcome.announced.size(), 12U);
  EXPECT_EQ(path.ports.size(), 1U);
}

TEST(ClassicPath, NeedsTwoRoundTripsWhereOneByOneNeedsTwenty) {
  Path path;  // 120 ms to the target
  EXPECT_LE(run(path).trace.duration, 2 * milliseconds{120} + milliseconds{3});
  Path slow;
  EXPECT_GE(run(slow, {.sequential = true}).trace.duration, 19 * milliseconds{120});
}

TEST(ClassicPath, SendsThreeProbesToEachRouterAndNoMore) {
  Path path;
  run(path);
  for (int ttl = 1; ttl < 12; ++ttl) {
    EXPECT_EQ(path.seen[ttl], 3) << ttl;
  }
}

TEST(ClassicPath, ClosesSilentHopsByTheRoundTripOfLaterOnes) {
  Path path;
  path.silent = {3, 6, 9};
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 3), "* * *");
  EXPECT_EQ(row(outcome, 9), "* * *");
  EXPECT_EQ(row(outcome, 12), "open open open");
  EXPECT_LE(outcome.trace.duration, milliseconds{120 + 120 + 850});
}

TEST(ClassicPath, GoesOnToTheLastTtlWhenTheTargetIsSilent) {
  Path path;
  path.port = Path::Port::Dropped;
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 11), "A A A");
  for (int ttl = 12; ttl <= 30; ++ttl) {
    EXPECT_EQ(row(outcome, ttl), "* * *") << ttl;
    EXPECT_EQ(path.seen[ttl], 3) << ttl;
  }
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::MaxTtl);
  EXPECT_EQ(outcome.announced.size(), 30U);
  EXPECT_LE(outcome.trace.duration, seconds{7});
}

TEST(ClassicPath, WaitsOutTheWholeTimeBehindTheLastAnswer) {
  Path path;
  path.port = Path::Port::Dropped;
  const Outcome outcome = run(path, {.last_ttl = 12, .queries = 1});
  EXPECT_GE(outcome.trace.duration, seconds{3});
  EXPECT_LE(outcome.trace.duration, milliseconds{3010});
}

TEST(ClassicPath, ShowsAClosedPort) {
  Path path;
  path.port = Path::Port::Closed;
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 12), "closed closed closed");
  EXPECT_LE(outcome.trace.duration, 2 * milliseconds{120} + milliseconds{3});
}

TEST(ClassicPath, StartsAndEndsWhereToldTo) {
  Path path;
  const Outcome outcome = run(path, {.first_ttl = 4, .last_ttl = 6});
  EXPECT_EQ(outcome.announced, (std::vector{4, 5, 6}));
  EXPECT_EQ(path.seen.size(), 3U);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::MaxTtl);
}

TEST(ClassicPath, AsksTheTargetOnceWithTtl255AsScriptsDo) {
  Path path;
  const Outcome outcome = run(path, {.first_ttl = 255, .last_ttl = 255, .queries = 1});
  EXPECT_EQ(row(outcome, 255), "open");
  EXPECT_EQ(path.seen, (std::map<int, int>{{255, 1}}));
}

TEST(ClassicPath, GivesEveryProbeAConnectionOfItsOwnWhenAskedTo) {
  Path path;
  path.port = Path::Port::Closed;
  run(path, {.flow_per_probe = true}, 90);
  EXPECT_GE(path.ports.size(), 36U);
}

TEST(ClassicPath, SendsNoMoreThanSixProbesToOneRouterWithinASecond) {
  Path path;
  const Outcome outcome = run(path, {.queries = 9});
  for (int ttl = 1; ttl < path.distance; ++ttl) {
    const std::vector<Instant> sent = support::sending_times(outcome.trace, ttl);
    ASSERT_EQ(sent.size(), 9U) << ttl;
    for (std::size_t i = 6; i < sent.size(); ++i) {
      EXPECT_GE(sent[i] - sent[i - 6], seconds{1}) << ttl;
    }
  }
}

TEST(ClassicPath, SendsOneProbeAtATimeWhenSequential) {
  Path path;
  path.silent = {2};
  const Outcome outcome = run(path, {.sequential = true});
  EXPECT_EQ(outcome.trace.probes.size(), 36U);
  EXPECT_EQ(row(outcome, 2), "* * *");
  EXPECT_EQ(row(outcome, 12), "open open open");
  Instant free;
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    EXPECT_GE(record.probe.sent, free) << record.probe.id.value();
    const model::Reply* reply = record.reply();
    free = record.probe.sent + (reply != nullptr ? reply->rtt : seconds{3});
  }
}

}  // namespace
}  // namespace synroute::strategy::classic
