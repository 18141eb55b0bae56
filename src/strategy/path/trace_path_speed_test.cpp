// SPDX-License-Identifier: Apache-2.0
// How long a trace takes, and how many SYNs: in virtual time, so without this host's own delays.
#include "strategy/path/path_for_tests.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::strategy {
namespace {

Path path_of(int hops, Duration per_hop, Path::Port port = Path::Port::Open) {
  Path path;
  path.distance = hops;
  path.per_hop = per_hop;
  path.port = port;
  return path;
}

Duration allowed(const Path& path) {
  return path.per_hop * path.distance * 11 / 10 + milliseconds{6};
}

/// SYNs that no router stops: the target gets them, or what drops them in front of it.
int syns_beyond(const Outcome& outcome, int last_router) {
  return static_cast<int>(std::ranges::count_if(
      outcome.trace.probes,
      [&](const model::ProbeRecord& record) { return record.probe.ttl.value() > last_router; }));
}

// --- the target answers --------------------------------------------------------------------------

TEST(TraceSpeed, IsLittleMoreThanTheRoundTripToTheTarget) {
  for (const auto port : {Path::Port::Open, Path::Port::Closed}) {
    for (const auto& [hops, per_hop] :
         {std::pair{12, milliseconds{5}},
          std::pair{16, milliseconds{10}},
          std::pair{12, milliseconds{1}},
          std::pair{5, milliseconds{25}}}) {
      Path path = path_of(hops, per_hop, port);
      EXPECT_LE(run(path).trace.duration, allowed(path)) << hops << " x " << per_hop.count();
    }
  }
}

TEST(TraceSpeed, WithoutRightsIsThatWithRights) {
  for (const auto port : {Path::Port::Open, Path::Port::Closed}) {
    Path path = path_of(12, milliseconds{5}, port);
    path.flow_per_probe = true;
    const Outcome outcome = run(path);
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
    EXPECT_LE(outcome.trace.duration, allowed(path));
  }
}

TEST(TraceSpeed, SendsAnAnsweringTargetFewSyns) {
  for (const auto port : {Path::Port::Open, Path::Port::Closed}) {
    for (const auto per_hop : {microseconds{20}, microseconds{200}, microseconds{5000}}) {
      for (int hops = 1; hops <= 25; ++hops) {
        Path path = path_of(hops, per_hop, port);
        const Outcome outcome = run(path);
        EXPECT_EQ(outcome.trace.verdict.distance, ttl_of(hops));
        // A target behind three hops cannot be told from one behind twelve in time.
        const bool looks_far = per_hop == milliseconds{5} && hops > 2 && hops < 9;
        EXPECT_LE(path.syns_at_target, looks_far ? 34 : 24) << hops << " x " << per_hop.count();
      }
    }
  }
}

TEST(TraceSpeed, SendsATargetOnASlowPathFortyTwoSynsAtMost) {
  for (int hops = 1; hops <= 25; ++hops) {
    Path path = path_of(hops, milliseconds{25});
    run(path);
    EXPECT_LE(path.syns_at_target, hops > 2 && hops < 9 ? 42 : 24) << hops;
  }
}

TEST(TraceSpeed, AsksNothingBeyondTheDistanceThatTheAnswerShows) {
  Path path = path_of(20, milliseconds{5});
  const Outcome outcome = run(path);
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    const bool is_late = record.probe.sent >= Instant{} + milliseconds{100};
    const int ttl = record.probe.ttl.value();
    EXPECT_FALSE(is_late && record.probe.role == model::ProbeRole::Hop && ttl > 21) << ttl;
  }
}

TEST(TraceSpeed, IsNotMisledByTheTtlOfTheAnswer) {
  for (const int left : {1, 30, 60, 64, 120, 200, 255}) {
    Path path = path_of(14, milliseconds{5});
    path.reply_ttl = ttl_of(left);
    path.silent = {6, 7, 12};
    const Outcome outcome = run(path);
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{14}) << left;
    EXPECT_EQ(outcome.announced, one_to(14)) << left;
    EXPECT_EQ(shape(outcome.trace, 13), "time_exceeded time_exceeded time_exceeded ") << left;
    EXPECT_EQ(shape(outcome.trace, 6), "lost lost lost ") << left;
  }
}

/// Under jitter a probe with a larger TTL may be the first to arrive; an open port answers only it.
TEST(TraceSpeed, FindsTheDistanceThoughALargerTtlOvertakes) {
  Path path = path_of(7, milliseconds{4});
  int seen = 0;
  path.intercept = [&seen](const wire::Datagram& probe) -> std::optional<wire::Datagram> {
    return probe.ip.ttl.value() == 15 && seen++ == 0 ? std::optional{segment(probe, kSynAck)}
                                                     : std::nullopt;
  };
  path.lost[7] = {1, 2, 3};
  for (int ttl = 8; ttl <= 16; ++ttl) {
    path.lost[ttl] = {1, 2, 3, 4};
  }
  path.lost.erase(15);
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{7});
  EXPECT_EQ(outcome.announced, one_to(7));
}

// --- silence -------------------------------------------------------------------------------------

TEST(TraceSpeed, WaitsShortlyForSilentRoutersAmongQuickOnes) {
  Path path = path_of(12, milliseconds{5});
  path.silent = {3, 6, 9};
  EXPECT_LE(run(path).trace.duration, milliseconds{135});
}

TEST(TraceSpeed, WaitsShortlyForOneSilentRouterOnALongPath) {
  Path path = path_of(15, microseconds{172'000 / 15});
  path.silent = {8};
  EXPECT_LE(run(path).trace.duration, milliseconds{330});
}

TEST(TraceSpeed, SendsASilentTargetTwentyFourSyns) {
  for (int hops = 1; hops <= 20; ++hops) {
    for (const auto per_hop : {microseconds{20}, microseconds{200}, microseconds{5000}}) {
      Path path = path_of(hops, per_hop, Path::Port::Dropped);
      const Outcome outcome = run(path);
      EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
      const bool looks_far = per_hop == milliseconds{5} && hops > 2 && hops < 10;
      EXPECT_LE(syns_beyond(outcome, hops - 1), looks_far ? 35 : 24)
          << hops << " x " << per_hop.count();
    }
  }
}

/// The rows nearest to the last answer get all queries, so that a lost packet ends no path; those
/// behind them get one: what answers there is asked again.
TEST(TraceSpeed, AsksTheFarRowsOfASilentTailOnce) {
  Path path = path_of(12, microseconds{200}, Path::Port::Dropped);
  const Outcome outcome = run(path);
  for (int ttl = 12; ttl <= 17; ++ttl) {
    EXPECT_EQ(shape(outcome.trace, ttl), "lost lost lost ") << ttl;
  }
  EXPECT_EQ(shape(outcome.trace, 18), "lost ");
  EXPECT_EQ(shape(outcome.trace, 19), "lost ");
  EXPECT_EQ(outcome.announced, one_to(19));
}

TEST(TraceSpeed, AsksSilentRowsAgainThatTurnOutToBeInFrontOfAHop) {
  Path path = path_of(30, milliseconds{1}, Path::Port::Dropped);
  path.silent = {4, 5, 6, 7, 8, 9};
  const Outcome outcome = run(path);
  for (const int ttl : path.silent) {
    EXPECT_EQ(shape(outcome.trace, ttl), "lost lost lost ") << ttl;
  }
  EXPECT_EQ(shape(outcome.trace, 12), "time_exceeded time_exceeded time_exceeded ");
}

TEST(TraceSpeed, SaysWithinOneAndAHalfSecondsThatAPathEndsInSilence) {
  for (const int routers : {5, 0}) {
    Path path = path_of(12, milliseconds{5}, Path::Port::Dropped);
    for (int ttl = routers + 1; ttl < 12; ++ttl) {
      path.silent.insert(ttl);
    }
    const Outcome outcome = run(path);
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
    EXPECT_LE(
        outcome.provisional ? outcome.provisional_at : outcome.trace.duration, milliseconds{1500});
    EXPECT_LE(outcome.trace.duration, milliseconds{3400});
    EXPECT_LE(
        run(path, {.wait = model::wait_always(seconds{1})}).trace.duration, milliseconds{1500});
  }
}

// --- what a user limits --------------------------------------------------------------------------

TEST(TraceSpeed, GoesNoFartherAheadThanItWasTold) {
  for (const int ahead : {1, 4}) {
    Path path = path_of(12, milliseconds{5});
    const Outcome outcome = run(path, {.ahead = ahead});
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
    EXPECT_LE(path.syns_at_target, 2 + 3 * ahead);
  }
}

TEST(TraceSpeed, WorksFromAnyFirstTtl) {
  for (const int first : {5, 11, 12, 13}) {
    Path path = path_of(12, milliseconds{5});
    const Outcome outcome = run(path, {.first_ttl = first});
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open) << first;
    EXPECT_EQ(outcome.trace.verdict.distance, ttl_of(std::max(first, 12))) << first;
  }
}

}  // namespace
}  // namespace synroute::strategy
