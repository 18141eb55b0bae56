// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_end.hpp"

#include "strategy/classic/classic_for_tests.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace synroute::strategy::classic {
namespace {

TEST(ClassicEnd, SparesTheTarget) {
  for (const int distance : {1, 2, 5, 12, 20}) {
    Path path;
    path.distance = distance;
    run(path);
    int syns = 0;
    for (const auto& [ttl, count] : path.seen) {
      syns += ttl >= distance ? count : 0;
    }
    EXPECT_LE(syns, 19) << distance << " hops";
  }
}

TEST(ClassicEnd, AsksTheSilentEndAgainLaterToHearARouterThatGivesUpOnItsNeighbour) {
  // As Linux: packets wait for the neighbour's address, three seconds from the first of them on.
  Path path;
  path.port = Path::Port::Dropped;
  std::optional<Instant> asked;
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = synroute::Port{443};
  settings.source_ports = {synroute::Port{40000}};
  settings.shape = engine::bare_syn();
  settings.descending_sequence = true;
  engine::Engine engine{std::move(settings), classic_path({})};
  Outcome outcome;
  support::run_engine(
      engine,
      [&](const wire::Datagram& probe, Instant sent) {
        if (probe.ip.ttl < Ttl{12}) {
          return support::at_most_one(path.answer(probe, sent));
        }
        asked = asked.value_or(sent);
        const Instant known = *asked + milliseconds{3060};
        return support::Answers{
            {known - sent + milliseconds{110}, icmp_error(router(11), 3, 1, probe)}};
      },
      [&outcome](const model::Event& event) {
        if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          outcome.trace = finished->trace;
        }
      });
  EXPECT_EQ(row(outcome, 12), "* ! !");
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
}

TEST(ClassicEnd, EndsAtTheFirstUnreachableFromAnyHost) {
  Path path;
  path.script = [](int ttl, int number, const wire::Datagram& probe) {
    return ttl == 7 && number == 2 ? std::optional{icmp_error(router(7), 3, 13, probe)}
                                   : std::nullopt;
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 7), "A ! A");
  EXPECT_EQ(outcome.announced.size(), 7U);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
}

TEST(ClassicEnd, FindsTheRowOfATargetWhoseFirstProbeWasLostOnTheWay) {
  Path path;
  path.lost[12] = {1};
  const Outcome outcome = run(path);              // the next TTL is answered first
  EXPECT_EQ(row(outcome, 12), "open open open");  // the lost one was asked again
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(outcome.announced.size(), 12U);
}

TEST(ClassicEnd, ShowsMixedAnswersOfTheLastHopInTheirOrder) {
  for (const auto& [replies, expected] : std::map<std::string, std::string>{
           {"oco", "open closed open"},
           {"o-c", "open * closed"},
           {"-oc", "* open closed"},
           {"aoc", "A open closed"},
           {"oao", "open A open"},
           {"!a-", "! A *"},
           {"o--", "open * *"}}) {
    Path path;
    path.distance = 3;
    path.port = Path::Port::Dropped;
    path.script = [&replies](int ttl, int number, const wire::Datagram& probe) {
      const char what =
          ttl == 3 && number <= 3 ? replies[static_cast<std::size_t>(number - 1)] : '-';
      return what == 'o'   ? std::optional{segment(probe, kSynAck)}
             : what == 'c' ? std::optional{segment(probe, kRstAck)}
             : what == 'a' ? std::optional{time_exceeded(3, probe)}
             : what == '!' ? std::optional{icmp_error(router(3), 3, 1, probe)}
                           : std::nullopt;
    };
    for (const bool sequential : {true, false}) {
      path.seen.clear();
      EXPECT_EQ(row(run(path, {.sequential = sequential}), 3), expected) << replies;
    }
  }
}

TEST(ClassicEnd, AsksAgainAloneWhenTheTargetHadNoRoomForASecondProbe) {
  Path path;
  path.resets_pass = false;
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 12), "open open open");
  EXPECT_LE(outcome.trace.duration, 4 * milliseconds{120});
}

TEST(ClassicEnd, FindsATargetWhoseAnswersNameNoProbe) {
  for (const auto port : {Path::Port::Challenging, Path::Port::Acknowledging}) {
    for (const bool sequential : {true, false}) {
      Path path;
      path.port = port;
      path.silent = {11};
      const Outcome outcome = run(path, {.sequential = sequential});
      EXPECT_EQ(row(outcome, 11), "* * *");
      EXPECT_EQ(row(outcome, 12), "? ? ?");
      EXPECT_EQ(outcome.announced.size(), 12U);
    }
  }
}

TEST(ClassicEnd, ShowsThreeAnswersOfATargetThatResetsWithoutNumbers) {
  for (const bool sequential : {true, false}) {
    Path path;
    path.port = Path::Port::Keyless;
    const Outcome outcome = run(path, {.sequential = sequential});
    EXPECT_EQ(row(outcome, 11), "A A A");
    EXPECT_EQ(row(outcome, 12), "closed closed closed") << sequential;
    EXPECT_EQ(outcome.announced.size(), 12U);
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
    EXPECT_LE(outcome.trace.duration, sequential ? seconds{8} : seconds{3});
  }
}

/// A router at 7 that rejects, a burst of probes at once and then one a second.
struct RejectingRouter {
  int tokens;
  Instant refilled;
  std::optional<wire::Datagram> operator()(int ttl, const wire::Datagram& probe, Instant now) {
    if (ttl < 7) {
      return time_exceeded(ttl, probe);
    }
    if (now - refilled >= seconds{1}) {
      ++tokens;
      refilled = now;
    }
    const bool answers = tokens > 0;
    tokens -= answers ? 1 : 0;
    return answers ? std::optional{icmp_error(router(7), 3, 13, probe)} : std::nullopt;
  }
};

TEST(ClassicEnd, CountsProbesBeyondARouterThatRejectsForItsRow) {
  Path path;
  path.silent = {7, 8, 9, 10, 11};
  path.port = Path::Port::Dropped;
  path.script = [limited = RejectingRouter{.tokens = 6, .refilled = {}}, &path](
                    int ttl, int, const wire::Datagram& probe) mutable {
    return limited(ttl, probe, path.last_sent);
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 7), "! ! !");
  EXPECT_EQ(path.seen[7], 1);
  EXPECT_LE(outcome.trace.duration, milliseconds{200});
}

TEST(ClassicEnd, AsksARouterThatRejectsAgainWhenItMayAnswer) {
  Path path;
  path.silent = {7, 8, 9, 10, 11};
  path.port = Path::Port::Dropped;
  path.script = [limited = RejectingRouter{.tokens = 1, .refilled = {}}, &path](
                    int ttl, int, const wire::Datagram& probe) mutable {
    return limited(ttl, probe, path.last_sent);
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 7), "! ! !");
  EXPECT_EQ(path.seen[7], 3);
  EXPECT_LE(outcome.trace.duration, milliseconds{2200});
}

}  // namespace
}  // namespace synroute::strategy::classic
