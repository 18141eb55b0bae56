// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_path.hpp"

#include "engine/engine.hpp"
#include "model/hop.hpp"
#include "support/engine_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace synroute::strategy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const IpAddress kSource = IpAddress::v4(0xc0000207);
const IpAddress kTarget = IpAddress::v4(0xcb007150);
constexpr wire::TcpFlags kSynAck = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
constexpr wire::TcpFlags kRstAck = wire::TcpFlag::Rst | wire::TcpFlag::Ack;

IpAddress router(int ttl) {
  return IpAddress::v4(0xc6336400U + static_cast<std::uint32_t>(ttl));
}

wire::Datagram packet(const IpAddress& from) {
  wire::Datagram datagram;
  datagram.ip.source = from;
  datagram.ip.destination = kSource;
  datagram.ip.ttl = Ttl{60};
  return datagram;
}

wire::Datagram icmp(
    const IpAddress& from, std::uint8_t type, std::uint8_t code, const wire::Datagram& probe) {
  wire::Datagram datagram = packet(from);
  const wire::TcpHeader& header = probe.tcp()->header;
  wire::IcmpMessage message;
  message.type = type;
  message.code = code;
  message.quote = wire::Quote{
      .source = probe.ip.source,
      .destination = probe.ip.destination,
      .protocol = 6,
      .ip = wire::QuotedIp{.ttl = Ttl{1}, .id = probe.ip.id},
      .tcp = wire::QuotedTcp{
          .source_port = header.source_port,
          .destination_port = header.destination_port,
          .sequence = header.sequence,
          .header = std::nullopt}};
  datagram.body = message;
  return datagram;
}

wire::Datagram tcp(
    const wire::Datagram& probe, wire::TcpFlags flags, std::uint32_t acknowledgement) {
  wire::Datagram datagram = packet(probe.ip.destination);
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = flags;
  segment.header.acknowledgement = acknowledgement;
  datagram.body = segment;
  return datagram;
}

using Answer = std::optional<std::pair<Duration, wire::Datagram>>;

/// A path of routers with a round trip of `per_hop` each and a Linux target: it answers one SYN of
/// a connection at a time until an RST undoes that, this host's kernel's or one sent along.
class Path {
 public:
  Duration per_hop = milliseconds{10};
  int distance = 12;
  std::set<int> silent;
  enum class Port { Open, Closed, Dropped, Challenging, Acknowledging } port = Port::Open;
  std::map<int, std::set<int>> lost;  ///< TTL → which of its probes vanish on the way
  bool resets_pass = true;
  /// What stands in the way of everything else: TTL, which of its probes (from 1).
  std::function<std::optional<wire::Datagram>(int, int, const wire::Datagram&)> script;

  Answer answer(const wire::Datagram& probe, Instant sent) {
    const int ttl = probe.ip.ttl.value();
    const Duration round_trip = per_hop * std::min(ttl, distance);
    if (probe.tcp()->header.flags == wire::TcpFlag::Rst) {
      if (resets_pass) {
        free_at_ = std::min(free_at_, sent + round_trip / 2);
      }
      return std::nullopt;
    }
    const int number = ++seen[ttl];
    last_sent = sent;
    ports.insert(probe.tcp()->header.source_port);
    if (lost[ttl].contains(number)) {
      return std::nullopt;
    }
    if (script) {
      if (auto reply = script(ttl, number, probe)) {
        return std::pair{round_trip, *reply};
      }
    }
    if (ttl < distance) {
      return silent.contains(ttl) ? Answer{}
                                  : std::pair{round_trip, icmp(router(ttl), 11, 0, probe)};
    }
    const auto reply = target(probe, sent + round_trip / 2);
    return reply ? Answer{std::pair{round_trip, *reply}} : Answer{};
  }

  std::map<int, int> seen;  ///< probes by TTL
  std::set<synroute::Port> ports;
  Instant last_sent;

 private:
  std::optional<wire::Datagram> target(const wire::Datagram& probe, Instant arrival) {
    const std::uint32_t sequence = probe.tcp()->header.sequence;
    switch (port) {
      case Port::Dropped: return std::nullopt;
      case Port::Closed: return tcp(probe, kRstAck, sequence + 1);
      case Port::Challenging: return tcp(probe, wire::TcpFlag::Ack, 4711);
      case Port::Acknowledging: return tcp(probe, wire::TcpFlag::Ack, sequence + 1);
      case Port::Open: break;
    }
    if (arrival < free_at_) {
      return std::nullopt;
    }
    free_at_ = arrival + per_hop * distance;  // until our kernel's RST is there
    return tcp(probe, kSynAck, sequence + 1);
  }

  Instant free_at_;
};

struct Outcome {
  model::Trace trace;
  std::vector<int> announced;  ///< in their order
};

Outcome run(Path& path, const ClassicOptions& options = {}, int flows = 1) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = synroute::Port{443};
  settings.head.queries = options.queries;
  settings.head.first_ttl = options.first_ttl;
  settings.head.last_ttl = options.last_ttl;
  for (int flow = 0; flow < flows; ++flow) {
    settings.source_ports.emplace_back(static_cast<std::uint16_t>(40000 + flow));
  }
  settings.shape = engine::bare_syn();
  settings.descending_sequence = true;
  settings.seed = 3;
  engine::Engine engine{std::move(settings), classic_path(options)};
  Outcome outcome;
  support::run_engine(
      engine,
      [&path](const wire::Datagram& probe, Instant sent) {
        return support::at_most_one(path.answer(probe, sent));
      },
      [&outcome](const model::Event& event) {
        if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
          outcome.announced.push_back(hop->ttl.value());
        } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          outcome.trace = finished->trace;
        }
      });
  return outcome;
}

/// One row in a word per probe: "A" time exceeded, "open", "closed", "!" unreachable, "?" other
/// TCP,
/// "*" lost.
std::string row(const Outcome& outcome, int ttl) {
  const auto probes = model::row(
      outcome.trace.probes,
      Ttl{static_cast<std::uint8_t>(ttl)},
      outcome.trace.verdict.distance == Ttl{static_cast<std::uint8_t>(ttl)},
      outcome.trace.queries);
  std::string text;
  for (const model::ProbeRecord* record : probes) {
    const model::Reply* reply = record->reply();
    text += text.empty() ? "" : " ";
    text += reply == nullptr || reply->rtt > seconds{3}     ? "*"
            : reply->kind == model::ReplyKind::TimeExceeded ? "A"
            : reply->kind == model::ReplyKind::SynAck       ? "open"
            : reply->kind == model::ReplyKind::Rst          ? "closed"
            : reply->kind == model::ReplyKind::Ack          ? "?"
                                                            : "!";
  }
  return text;
}

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

TEST(ClassicPath, SparesTheTarget) {
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

TEST(ClassicPath, AsksTheSilentEndAgainLaterToHearARouterThatGivesUpOnItsNeighbour) {
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
        return support::Answers{{known - sent + milliseconds{110}, icmp(router(11), 3, 1, probe)}};
      },
      [&outcome](const model::Event& event) {
        if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          outcome.trace = finished->trace;
        }
      });
  EXPECT_EQ(row(outcome, 12), "* ! !");
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
}

TEST(ClassicPath, ShowsAClosedPort) {
  Path path;
  path.port = Path::Port::Closed;
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 12), "closed closed closed");
  EXPECT_LE(outcome.trace.duration, 2 * milliseconds{120} + milliseconds{3});
}

TEST(ClassicPath, EndsAtTheFirstUnreachableFromAnybody) {
  Path path;
  path.script = [](int ttl, int number, const wire::Datagram& probe) {
    return ttl == 7 && number == 2 ? std::optional{icmp(router(7), 3, 13, probe)} : std::nullopt;
  };
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 7), "A ! A");
  EXPECT_EQ(outcome.announced.size(), 7U);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Unreachable);
}

TEST(ClassicPath, FindsTheRowOfATargetWhoseFirstProbeWasLostOnTheWay) {
  Path path;
  path.lost[12] = {1};
  const Outcome outcome = run(path);              // the next TTL is answered first
  EXPECT_EQ(row(outcome, 12), "open open open");  // the lost one was asked again
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(outcome.announced.size(), 12U);
}

TEST(ClassicPath, ShowsMixedAnswersOfTheLastHopInTheirOrder) {
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
      const std::uint32_t acknowledged = probe.tcp()->header.sequence + 1;
      return what == 'o'   ? std::optional{tcp(probe, kSynAck, acknowledged)}
             : what == 'c' ? std::optional{tcp(probe, kRstAck, acknowledged)}
             : what == 'a' ? std::optional{icmp(router(3), 11, 0, probe)}
             : what == '!' ? std::optional{icmp(router(3), 3, 1, probe)}
                           : std::nullopt;
    };
    for (const bool sequential : {true, false}) {
      path.seen.clear();
      EXPECT_EQ(row(run(path, {.sequential = sequential}), 3), expected) << replies;
    }
  }
}

TEST(ClassicPath, AsksAgainAloneWhenTheTargetHadNoRoomForASecondProbe) {
  Path path;
  path.resets_pass = false;
  const Outcome outcome = run(path);
  EXPECT_EQ(row(outcome, 12), "open open open");
  EXPECT_LE(outcome.trace.duration, 4 * milliseconds{120});
}

TEST(ClassicPath, FindsATargetWhoseAnswersNameNoProbe) {
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

/// A router at 7 that rejects, a burst of probes at once and then one a second.
struct RejectingRouter {
  int tokens;
  Instant refilled;
  std::optional<wire::Datagram> operator()(int ttl, const wire::Datagram& probe, Instant now) {
    if (ttl < 7) {
      return icmp(router(ttl), 11, 0, probe);
    }
    if (now - refilled >= seconds{1}) {
      ++tokens;
      refilled = now;
    }
    const bool answers = tokens > 0;
    tokens -= answers ? 1 : 0;
    return answers ? std::optional{icmp(router(7), 3, 13, probe)} : std::nullopt;
  }
};

TEST(ClassicPath, CountsProbesBeyondARouterThatRejectsForItsRow) {
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

TEST(ClassicPath, AsksARouterThatRejectsAgainWhenItMayAnswer) {
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
  EXPECT_EQ(path.seen[1], 9);
  std::vector<Instant> sent;
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    if (record.probe.ttl == Ttl{1}) {
      sent.push_back(record.probe.sent);
    }
  }
  EXPECT_GE(sent[6] - sent[5], seconds{1});
  EXPECT_GE(sent[7] - sent[6], seconds{1});
}

}  // namespace
}  // namespace synroute::strategy
