// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/trace_path.hpp"

#include "engine/engine.hpp"
#include "model/hop.hpp"
#include "support/engine_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace synroute::strategy {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const IpAddress kSource = IpAddress::v4(0xc0000207);
const IpAddress kTarget = IpAddress::v4(0xcb007150);
constexpr int kDistance = 12;

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
  wire::IcmpMessage message{.type = type, .code = code};
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

wire::Datagram tcp(const wire::Datagram& probe, wire::TcpFlags flags, bool with_number = true) {
  wire::Datagram datagram = packet(probe.ip.destination);
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = flags;
  segment.header.acknowledgement = with_number ? probe.tcp()->header.sequence + 1 : 0;
  datagram.body = segment;
  return datagram;
}

constexpr wire::TcpFlags kSynAck = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
constexpr wire::TcpFlags kRstAck = wire::TcpFlag::Rst | wire::TcpFlag::Ack;

/// A path of routers with a round trip of `per_hop` each and a target that answers one SYN of a
/// connection at a time, as Linux does until the RST of this host's kernel arrives.
class Path {
 public:
  Duration per_hop = milliseconds{5};
  std::set<int> silent;
  int distance = kDistance;
  enum class Port { Open, Closed, Dropped } port = Port::Open;
  int dropped_after = 0;  ///< TTLs beyond this vanish (0: none do)
  bool keyless_resets = false;
  bool resets_on_arrival = false;     ///< RST to a probe whose TTL is used up on arrival, else open
  std::map<int, std::set<int>> lost;  ///< TTL → attempts that vanish on the way
  std::function<std::optional<wire::Datagram>(const wire::Datagram&)> intercept;

  /// The answer to a probe that arrives where it arrives, and the round trip it takes.
  std::optional<std::pair<Duration, wire::Datagram>> answer(
      const wire::Datagram& probe, Instant sent) {
    const int ttl = probe.ip.ttl.value();
    if (lost[ttl].contains(++seen_[ttl])) {
      return std::nullopt;
    }
    if (intercept) {
      if (auto own = intercept(probe)) {
        return std::pair{per_hop * std::min(ttl, distance), *own};
      }
    }
    if (ttl < distance) {
      const bool mute = silent.contains(ttl);
      return mute ? std::nullopt
                  : std::optional{std::pair{per_hop * ttl, icmp(router(ttl), 11, 0, probe)}};
    }
    if (dropped_after != 0 && dropped_after < ttl) {
      return std::nullopt;
    }
    ++syns_at_target;
    auto reply = target(probe, sent + per_hop * distance / 2);
    if (reply) {  // the routers on the way back are as many as there
      reply->ip.ttl = reply_ttl.value_or(Ttl{static_cast<std::uint8_t>(64 - (distance - 1))});
    }
    return reply ? std::optional{std::pair{per_hop * distance, *reply}} : std::nullopt;
  }

  std::optional<Ttl> reply_ttl;  ///< of the target's answers; as they come over the same routers

  /// Whoever stands behind hop `after` and resets connections, in copies; the probe goes on.
  struct Forger {
    int after = 0;
    int copies = 1;
    Ttl reply_ttl{60};
    Duration delay{};  ///< beyond the round trip to him
  };
  std::optional<Forger> forger;

  support::Answers answers(const wire::Datagram& probe, Instant sent) {
    support::Answers all = support::at_most_one(answer(probe, sent));
    if (forger && probe.ip.ttl.value() > forger->after) {
      wire::Datagram reset = tcp(probe, kRstAck);
      reset.ip.ttl = forger->reply_ttl;
      const Duration comes = per_hop * forger->after + forger->delay;
      all.insert(all.end(), static_cast<std::size_t>(forger->copies), {comes, reset});
    }
    return all;
  }

  int syns_at_target = 0;

 private:
  std::optional<wire::Datagram> target(const wire::Datagram& probe, Instant arrival) {
    const bool on_arrival = resets_on_arrival && probe.ip.ttl.value() == distance;
    if (port == Port::Dropped) {
      return std::nullopt;
    }
    if (port == Port::Closed || on_arrival) {
      return keyless_resets ? tcp(probe, wire::TcpFlag::Rst, false) : tcp(probe, kRstAck);
    }
    Instant& busy_until = pending_[probe.tcp()->header.source_port];
    if (arrival < busy_until) {
      return std::nullopt;
    }
    busy_until = arrival + per_hop * distance;  // until our kernel's RST is there
    return tcp(probe, kSynAck);
  }

  std::map<int, int> seen_;
  std::map<synroute::Port, Instant> pending_;
};

struct Outcome {
  model::Trace trace;
  std::vector<int> announced;  ///< ascending
  Duration first_row{};
  int packets = 0;
};

/// Runs a trace over a path in virtual time.
Outcome run(Path& path, TraceOptions options = {}, std::vector<Port> ports = {}) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = Port{443};
  settings.head.queries = options.queries;
  settings.head.first_ttl = options.first_ttl;
  settings.head.last_ttl = options.last_ttl;
  if (ports.empty()) {
    for (std::uint16_t i = 0; i < options.queries + 8; ++i) {
      ports.emplace_back(static_cast<std::uint16_t>(40000 + i));
    }
  }
  settings.source_ports = ports;
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = 3;
  engine::Engine engine{std::move(settings), trace_path(options, ports.size() - 1)};
  Outcome outcome;
  const auto observe = [&outcome](const model::Event& event) {
    if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
      outcome.first_row = outcome.announced.empty() ? event.at.since_start() : outcome.first_row;
      outcome.announced.push_back(hop->ttl.value());
    } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      outcome.trace = finished->trace;
    }
  };
  outcome.packets = support::run_engine(
      engine,
      [&path](const wire::Datagram& probe, Instant sent) { return path.answers(probe, sent); },
      observe);
  std::ranges::sort(outcome.announced);
  return outcome;
}

/// "TTL: result result …" of one row, times left out.
std::string shape(const model::Trace& trace, int ttl) {
  for (const model::Hop& hop : model::hops(trace)) {
    if (hop.ttl.value() != ttl) {
      continue;
    }
    std::string text;
    for (const model::ProbeRecord* record : hop.probes) {
      text += record->reply() != nullptr ? std::string{model::name(record->reply()->kind)} : "lost";
      text += ' ';
    }
    return text;
  }
  return "no row";
}

std::vector<int> one_to(int last) {
  std::vector<int> all(static_cast<std::size_t>(last));
  for (int i = 0; i < last; ++i) {
    all[static_cast<std::size_t>(i)] = i + 1;
  }
  return all;
}

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

TEST(TracePath, IsDoneAThirdOfARoundTripAfterTheFirst) {
  Path path;  // 60 ms to the target
  const Outcome outcome = run(path);
  EXPECT_LE(outcome.trace.duration, milliseconds{60} * 4 / 3 + milliseconds{3});
}

TEST(TracePath, ShowsTheFirstRowWithinMillisecondsOfItsAnswers) {
  Path path;
  EXPECT_LE(run(path).first_row, milliseconds{5 + 3});
}

TEST(TracePath, SparesTheTarget) {
  for (const int distance : {1, 2, 5, 12, 20}) {
    Path path;
    path.distance = distance;
    EXPECT_EQ(run(path).trace.verdict.distance, Ttl{static_cast<std::uint8_t>(distance)});
    EXPECT_LE(path.syns_at_target, 24) << distance << " hops";
  }
}

TEST(TracePath, ClosesSilentHopsByTheRttOfLaterOnes) {
  Path path;
  path.silent = {3, 6, 9};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 6), "lost lost lost ");
  EXPECT_LE(outcome.trace.duration, milliseconds{60 + 200 + 60});
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

TEST(TracePath, TellsAClosedPort) {
  Path path;
  path.port = Path::Port::Closed;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 12), "rst rst rst ");
}

TEST(TracePath, DoesNotBelieveAnRstThatOnlyExpiringProbesDraw) {
  Path path;
  path.resets_on_arrival = true;
  for (const int queries : {1, 3}) {
    const Outcome outcome = run(path, {.queries = queries});
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open) << queries << " queries";
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  }
}

/// The shape of all rows of the hops from `first` to `last`, without those of routers that
/// answered.
std::string odd_rows(const model::Trace& trace, int first, int last) {
  std::string text;
  for (int ttl = first; ttl <= last; ++ttl) {
    const std::string row = shape(trace, ttl);
    text += row == "time_exceeded time_exceeded time_exceeded " ? "" : row;
  }
  return text;
}

TEST(TracePath, GoesOnToTheTargetBehindForgedResets) {
  for (const int copies : {1, 3}) {
    Path path;
    path.forger = {.after = 4, .copies = copies, .reply_ttl = Ttl{61}};
    const Outcome outcome = run(path);
    const model::Verdict& verdict = outcome.trace.verdict;
    EXPECT_EQ(verdict.state, model::PortState::Rejected) << copies;
    EXPECT_TRUE(verdict.reached);
    EXPECT_EQ(verdict.distance, Ttl{12});
    EXPECT_EQ(outcome.announced, one_to(12));
    EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
    EXPECT_EQ(shape(outcome.trace, 12), "syn_ack syn_ack syn_ack ");
    EXPECT_EQ(model::deciding_reply(outcome.trace)->kind, model::ReplyKind::Rst);
    EXPECT_LE(outcome.trace.duration, milliseconds{60} * 3);
  }
}

TEST(TracePath, TellsForgedResetsFromASilentTarget) {
  Path path;
  path.forger = {.after = 4, .reply_ttl = Ttl{61}};
  path.port = Path::Port::Dropped;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Rejected);
  EXPECT_FALSE(outcome.trace.verdict.reached);
  EXPECT_EQ(outcome.trace.verdict.distance, std::nullopt);
  EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
}

TEST(TracePath, HoldsAPortForOpenWhoseAnswerOutrunsTheForgedResets) {
  Path path;
  path.forger = {.after = 4, .delay = milliseconds{50}};  // 70 ms, the target takes 60
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
}

TEST(TracePath, BelievesAForgerWhomNothingGivesAway) {
  Path path;  // the reset of the last router, with the TTL that the target's would have
  path.port = Path::Port::Dropped;
  path.dropped_after = 0;
  path.forger = {.after = 11, .reply_ttl = Ttl{53}};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
}

TEST(TracePath, ListensLongerOnlyToOddResets) {
  Path plain;
  plain.port = Path::Port::Closed;
  EXPECT_LE(run(plain).trace.duration, milliseconds{60} * 4 / 3 + milliseconds{30});
  Path odd;  // the way back is longer: nothing contradicts, and closed it stays
  odd.port = Path::Port::Closed;
  odd.reply_ttl = Ttl{50};
  const Outcome outcome = run(odd);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_GE(outcome.trace.duration, milliseconds{300});
  EXPECT_LE(outcome.trace.duration, milliseconds{400});
}

TEST(TracePath, FindsTheDistanceOfATargetWhoseResetsCarryNoKey) {
  Path path;
  path.port = Path::Port::Closed;
  path.keyless_resets = true;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
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

TEST(TracePath, StopsWhereARouterRejects) {
  Path path;
  path.intercept = [](const wire::Datagram& probe) {
    return probe.ip.ttl.value() > 4 ? std::optional{icmp(router(4), 3, 13, probe)} : std::nullopt;
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
    return ttl == 9 || ttl == 10 ? std::optional{icmp(kTarget, 11, 0, probe)} : std::nullopt;
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
      free = record.probe.sent + (reply != nullptr ? reply->rtt : milliseconds{200});
    }
    EXPECT_LT(outcome.trace.duration, seconds{5});  // the silent hop costs one long wait, not three
  }
}

TEST(TracePath, SendsNoMoreThanSixProbesToOneRouterWithinASecond) {
  Path path;
  const Outcome outcome = run(path, {.queries = 8});
  Duration sixth{};
  Duration seventh{};
  for (const model::ProbeRecord& record : outcome.trace.probes) {
    if (record.probe.ttl == Ttl{1}) {
      (record.probe.attempt <= 6 ? sixth : seventh) = record.probe.sent.since_start();
    }
  }
  EXPECT_GE(seventh - sixth, seconds{1});
}

TEST(TracePath, CreditsLateAnswersWithoutCountingTheirTimes) {
  Path path;
  path.per_hop = milliseconds{1};
  TraceOptions options{.queries = 1, .gap_limit = 30};
  options.wait = {.max = microseconds{2500}, .floor = Duration{0}, .silence = microseconds{2500}};
  const Outcome outcome = run(path, options);
  EXPECT_GT(outcome.trace.counters.late, 0U);
}

}  // namespace
}  // namespace synroute::strategy
