// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/trace_path.hpp"

#include "strategy/path/path_for_tests.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace synroute::strategy {
namespace {

TEST(TracePath, FindsEveryHopAndTheOpenTarget) {
  Path path;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::TargetAnswered);
  EXPECT_EQ(outcome.announced, one_to(12));
  EXPECT_EQ(shape(outcome.trace, 11), "time_exceeded time_exceeded time_exceeded ");
  EXPECT_EQ(shape(outcome.trace, 12), "syn_ack syn_ack syn_ack ");
}

TEST(TracePath, ShowsTheFirstRowWithinMillisecondsOfItsAnswers) {
  Path path;
  EXPECT_LE(run(path).first_row, milliseconds{5 + 3});
}

TEST(TracePath, ClosesSilentHopsByTheRttOfLaterOnes) {
  Path path;
  path.silent = {3, 6, 9};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 6), "lost lost lost ");
}

TEST(TracePath, ChecksASilentHopBeforeTheTargetOnceMore) {
  Path path;
  path.silent = {11};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 11), "lost lost lost ");
}

TEST(TracePath, FindsTheTargetWhoseFirstAnswerWasLost) {
  Path path;
  path.lost[12] = {1};  // the probe with TTL 13 makes the entry; the other two of TTL 12 meet it
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
}

TEST(TracePath, GivesUpOnADroppedPortWithinSeconds) {
  Path path;
  path.port = Path::Port::Dropped;
  path.silent = {7, 8, 9, 10, 11};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
  EXPECT_FALSE(outcome.trace.verdict.reached);
  EXPECT_EQ(outcome.trace.verdict.distance, std::nullopt);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::GapLimit);
  EXPECT_LT(outcome.trace.duration, seconds{4});
  EXPECT_EQ(outcome.announced, one_to(14));
}

TEST(TracePath, GoesOnBeyondTheGapWhenTheTargetIsHeardDirectly) {
  Path path;
  path.distance = 20;
  for (int ttl = 5; ttl < 20; ++ttl) {
    path.silent.insert(ttl);
  }
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{20});
}

/// No probe of the first round can reach the target, and no router shows that there is one.
TEST(TracePath, SendsAProbeThatReachesTheTargetThoughEveryRouterIsSilent) {
  for (const bool has_one_port : {false, true}) {
    Path path;
    path.silent = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const auto ports = has_one_port ? std::vector{Port{40000}} : std::vector<Port>{};
    const Outcome outcome = run(path, {.queries = 1, .alone = has_one_port}, ports);
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open) << has_one_port;
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12}) << has_one_port;
    EXPECT_EQ(shape(outcome.trace, 12), "syn_ack ") << has_one_port;
  }
}

TEST(TracePath, StopsWhereARouterRejects) {
  Path path;
  path.intercept = [](const wire::Datagram& probe) {
    return probe.ip.ttl.value() > 4 ? std::optional{icmp_error(router(4), 3, 13, probe)}
                                    : std::nullopt;
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Rejected);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
  EXPECT_FALSE(outcome.trace.verdict.reached);
  EXPECT_EQ(outcome.announced, one_to(5));
  EXPECT_EQ(shape(outcome.trace, 5), "unreachable unreachable unreachable ");
  EXPECT_EQ(shape(outcome.trace, 6), "no row");
}

TEST(TracePath, TakesTimeExceededFromTheTargetsAddressForAHop) {
  Path path;
  path.intercept = [](const wire::Datagram& probe) {
    const int ttl = probe.ip.ttl.value();
    return ttl == 9 || ttl == 10 ? std::optional{icmp_error(kTarget, 11, 0, probe)} : std::nullopt;
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 9), "time_exceeded time_exceeded time_exceeded ");
}

TEST(TracePath, StopsAtTheLastTtlAskedFor) {
  Path path;
  const Outcome outcome = run(path, {.last_ttl = 5});
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::MaxTtl);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
  EXPECT_EQ(outcome.announced, one_to(5));
  EXPECT_EQ(path.syns_at_target, 0);
}

TEST(TracePath, SamplesTheTargetInTurnWhenThereIsOnlyOnePort) {
  Path path;
  const Outcome outcome = run(path, {}, {Port{40000}});
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 12), "syn_ack syn_ack syn_ack ");
}

TEST(TracePath, HasNeverTwoProbesOnTheirWayWhenAlone) {
  for (const auto port : {Path::Port::Open, Path::Port::Closed}) {
    Path path;
    path.silent = {2};
    path.port = port;
    const Outcome outcome = run(path, {.alone = true}, {Port{40000}});
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
    EXPECT_EQ(
        outcome.trace.verdict.state,
        port == Path::Port::Open ? model::PortState::Open : model::PortState::Closed);
    Instant free;
    for (const model::ProbeRecord& record : outcome.trace.probes) {
      EXPECT_GE(record.probe.sent, free);
      const model::Reply* reply = record.reply();
      const auto* lost = std::get_if<model::Lost>(&record.state);
      ASSERT_TRUE(reply != nullptr || lost != nullptr);
      free = record.probe.sent + (reply != nullptr ? reply->rtt : *lost->waited);
    }
    EXPECT_LT(outcome.trace.duration, seconds{5});  // the silent hop costs one long wait, not three
  }
}

TEST(TracePath, SendsNoMoreThanSixProbesToOneRouterWithinASecond) {
  Path path;
  const Outcome outcome = run(path, {.queries = 8});
  for (int ttl = 1; ttl < path.distance; ++ttl) {
    const std::vector<Instant> sent = support::sending_times(outcome.trace, ttl);
    ASSERT_EQ(sent.size(), 8U) << ttl;
    EXPECT_GE(sent[6] - sent[0], seconds{1}) << ttl;
    EXPECT_GE(sent[7] - sent[1], seconds{1}) << ttl;
  }
}

TEST(TracePath, CreditsLateAnswersWithoutCountingTheirTimes) {
  Path path;
  path.per_hop = milliseconds{1};
  TraceOptions options{.queries = 1, .gap_limit = 30};
  options.wait = model::wait_always(microseconds{2500});
  const Outcome outcome = run(path, options);
  std::uint64_t late = 0;
  for (const model::Hop& hop : model::hops(outcome.trace)) {
    if (hop.ttl.value() >= path.distance || hop.is_silent()) {
      continue;
    }
    const int ttl = hop.ttl.value();
    const bool is_late = path.per_hop * ttl > options.wait.max;
    const std::vector<model::Responder> responders = hop.responders();
    ASSERT_EQ(responders.size(), 1U) << ttl;
    EXPECT_EQ(responders[0].address, router(ttl));
    EXPECT_EQ(responders[0].count, 1) << ttl;
    EXPECT_EQ(responders[0].rtts.size(), is_late ? 0U : 1U) << ttl;
    late += is_late ? 1U : 0U;
  }
  EXPECT_GT(late, 0U);
  EXPECT_EQ(outcome.trace.counters.late, late);
}

TEST(TracePath, WaitsForTheProbesThatLeftWhenThisHostRefusesTheOthers) {
  Path path;
  path.distance = 3;
  int packets = 0;
  path.host = [&packets](const wire::Datagram&, Instant) {
    return ++packets > 5 ? std::optional{model::Refusal::NotPermitted} : std::nullopt;
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{3});
  EXPECT_NE(outcome.trace.verdict.stop, model::StopReason::Refused);
  EXPECT_GT(outcome.trace.counters.refused, 3U);
}

}  // namespace
}  // namespace synroute::strategy
