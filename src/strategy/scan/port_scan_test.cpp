// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/port_scan.hpp"

#include "engine/engine.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace synroute::strategy {
namespace {

using model::PortState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::icmp_error;
using support::kRstAck;
using support::kSource;
using support::kSynAck;
using support::kTarget;
using support::router;
using support::segment;
using support::segment_acknowledging;
using support::time_exceeded;

constexpr Duration kPerHop = milliseconds{2};

/// What happens to the packets of one port.
struct Rule {
  enum class Kind { Open, Closed, Keyless, BareSyn, Dropped, Rejected } kind = Kind::Closed;
  int at =
      0;  ///< Dropped, Rejected: the hop that does it. Open: answers there (a proxy); 0: the host
};

/// Twelve routers and a host; every port has its rule, closed when it has none.
struct Network {
  std::map<std::uint16_t, Rule> rules;
  int distance = 13;
  double loss = 0;
  int limited_hop = 0;  ///< this hop sends six errors in all
  /// The last router sends an error at most as often, without a burst.
  std::optional<Duration> last_reports_every;
  Random random{5};
  std::map<int, int> reported;
  std::map<std::uint16_t, int> syns;

  support::Answers operator()(const wire::Datagram& probe, Instant sent) {
    const int ttl = probe.ip.ttl.value();
    const std::uint16_t port = probe.tcp()->header.destination_port.value();
    ++syns[port];
    const Rule rule = rules.contains(port) ? rules[port] : Rule{};
    if (random.chance(loss) || random.chance(loss)) {
      return {};
    }
    const bool stopped = rule.at != 0 && ttl > rule.at;
    if (rule.kind == Rule::Kind::Dropped && stopped) {
      return {};
    }
    if (rule.kind == Rule::Kind::Rejected && stopped) {
      return {{kPerHop * rule.at, icmp_error(router(rule.at), 3, 13, probe)}};
    }
    const int end = rule.kind == Rule::Kind::Open && rule.at != 0 ? rule.at : distance;
    if (ttl == distance - 1 && last_reports_every) {
      if (last_report_ && sent - *last_report_ < *last_reports_every) {
        return {};
      }
      last_report_ = sent;
    }
    if (ttl < end) {
      const bool is_silent = ttl == limited_hop && ++reported[ttl] > 6;
      return is_silent ? support::Answers{}
                       : support::Answers{{kPerHop * ttl, time_exceeded(ttl, probe)}};
    }
    if (rule.kind == Rule::Kind::Keyless) {
      return {{kPerHop * end, segment_acknowledging(0, probe, wire::TcpFlag::Rst)}};
    }
    if (rule.kind == Rule::Kind::BareSyn) {
      return {{kPerHop * end, segment_acknowledging(0, probe, wire::TcpFlag::Syn)}};
    }
    const wire::TcpFlags flags = rule.kind == Rule::Kind::Open ? kSynAck : kRstAck;
    return {{kPerHop * end, segment(probe, flags)}};
  }

 private:
  std::optional<Instant> last_report_;
};

struct Outcome {
  model::Trace trace;
  int packets = 0;

  [[nodiscard]] const model::PortResult& port(std::uint16_t number) const {
    for (const model::PortResult& result : trace.ports) {
      if (result.port == Port{number}) {
        return result;
      }
    }
    throw std::out_of_range{"no such port"};
  }
  [[nodiscard]] PortState state(std::uint16_t number) const { return port(number).state; }
  /// "passed/stopped" of a port.
  [[nodiscard]] std::string reach(std::uint16_t number) const {
    const auto& reach = port(number).reach;
    if (!reach) {
      return "unknown";
    }
    const std::string stopped =
        reach->first_stopped ? std::to_string(reach->first_stopped->value()) : "-";
    return std::to_string(reach->last_passed.value()) + "/" + stopped
           + (reach->assumed ? " assumed" : "");
  }
};

Outcome scan(
    Network& network,
    std::uint16_t first,
    std::uint16_t last,
    ScanOptions options = {},
    wire::TcpFlags flags = wire::TcpFlag::Syn,
    const support::Host& refuses = {}) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.source_ports = {Port{40000}};
  for (std::uint32_t port = first; port <= last; ++port) {
    settings.target_ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  settings.shape = engine::system_syn(Family::V4);
  settings.shape.flags = flags;
  settings.seed = 9;
  settings.proof_ports = support::proof_ports();
  settings.pacing = std::chrono::microseconds{200};
  settings.probes_max = 1'000'000;
  const std::size_t count = settings.target_ports.size();
  engine::Engine engine{std::move(settings), port_scan(options, count)};
  Outcome outcome;
  outcome.packets = support::run_engine(
      engine,
      std::ref(network),
      [&](const model::Event& event) {
        if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          outcome.trace = finished->trace;
        }
      },
      {},
      /*names_probes=*/false,
      refuses);
  return outcome;
}

/// This host passes so many SYNs to the port a second, after a burst.
support::Host limit(std::uint16_t port, int rate, int burst) {
  return [port, rate, burst, tokens = double{1} * burst, last = Instant{}](
             const wire::Datagram& probe, Instant now) mutable -> std::optional<model::Refusal> {
    if (probe.tcp()->header.destination_port != Port{port}) {
      return std::nullopt;
    }
    tokens = std::min<double>(
        burst,
        tokens + rate * std::chrono::duration<double>(now - std::exchange(last, now)).count());
    if (tokens < 1) {
      return model::Refusal::NotPermitted;
    }
    tokens -= 1;
    return std::nullopt;
  };
}

TEST(PortScan, FindsPortsClosedThatResetWithoutNumbersBesidesOthers) {
  Network network;
  for (std::uint16_t port = 20; port <= 200; ++port) {
    network.rules[port] = {Rule::Kind::Keyless};
  }
  network.rules[22] = {Rule::Kind::Open};
  network.rules[23] = {Rule::Kind::Dropped, 5};
  const Outcome outcome = scan(network, 20, 200);
  for (std::uint16_t port = 20; port <= 200; ++port) {
    const PortState expected = port == 22   ? PortState::Open
                               : port == 23 ? PortState::Filtered
                                            : PortState::Closed;
    EXPECT_EQ(outcome.state(port), expected) << port;
  }
  EXPECT_LE(outcome.packets, 181 + 14 + 3);
}

TEST(PortScan, TellsOpenClosedFilteredAndRejected) {
  Network network;
  network.rules[22] = {Rule::Kind::Open};
  network.rules[23] = {Rule::Kind::Dropped, 5};
  network.rules[25] = {Rule::Kind::Rejected, 4};
  const Outcome outcome = scan(network, 20, 26);
  EXPECT_EQ(outcome.state(20), PortState::Closed);
  EXPECT_EQ(outcome.state(22), PortState::Open);
  EXPECT_EQ(outcome.state(23), PortState::Filtered);
  EXPECT_EQ(outcome.state(25), PortState::Rejected);
  EXPECT_EQ(outcome.trace.ports.size(), 7U);
  EXPECT_EQ(outcome.trace.verdict.state, PortState::Open);
}

TEST(PortScan, GivesAnswersTheMeaningOfTheFlags) {
  Network network;
  network.rules[23] = {Rule::Kind::Dropped, 5};
  const Outcome by_ack = scan(network, 22, 23, {}, wire::TcpFlag::Ack);
  EXPECT_EQ(by_ack.state(22), PortState::Unfiltered);
  EXPECT_EQ(by_ack.state(23), PortState::Filtered);
  EXPECT_EQ(by_ack.trace.verdict.state, PortState::Unfiltered);
  EXPECT_TRUE(by_ack.trace.verdict.reached);
  const Outcome by_fin = scan(network, 22, 23, {}, wire::TcpFlag::Fin);
  EXPECT_EQ(by_fin.state(22), PortState::Closed);
  EXPECT_EQ(by_fin.state(23), PortState::OpenOrFiltered);
  EXPECT_EQ(
      scan(network, 23, 23, {}, wire::TcpFlag::Fin).trace.verdict.state, PortState::OpenOrFiltered);
}

TEST(PortScan, AsksASilentPortThreeTimesAndAnAnsweringOneOnce) {
  Network network;
  network.rules[23] = {Rule::Kind::Dropped, 5};
  const Outcome outcome = scan(network, 20, 26);
  EXPECT_EQ(network.syns[23], 3);
  EXPECT_EQ(network.syns[20], 1);
  EXPECT_EQ(outcome.port(23).attempts, 3);
}

TEST(PortScan, MissesNoOpenPortInAHundredRunsWithTwoPercentLoss) {
  int missed = 0;
  for (std::uint64_t run = 0; run < 100; ++run) {
    Network network;
    network.loss = 0.02;
    network.random = Random{run};
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{22, 80, 443, 500}) {
      network.rules[port] = {Rule::Kind::Open};
    }
    const Outcome outcome = scan(network, 1, 600);
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{22, 80, 443, 500}) {
      missed += outcome.state(port) == PortState::Open ? 0 : 1;
    }
  }
  EXPECT_EQ(missed, 0);
}

TEST(PortScan, FindsWhereEachPortStops) {
  Network network;  // the story of tracetcp's page: own router, provider, a proxy, a rejecting hop
  network.rules[135] = {Rule::Kind::Dropped, 2};
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{137, 138, 139}) {
    network.rules[port] = {Rule::Kind::Dropped, 1};
  }
  network.rules[140] = {Rule::Kind::Open, 5};
  network.rules[141] = {Rule::Kind::Rejected, 4};
  network.rules[142] = {Rule::Kind::Dropped, 12};
  const Outcome outcome = scan(network, 130, 145, {.where = true});
  EXPECT_EQ(outcome.reach(135), "2/3");
  EXPECT_EQ(outcome.reach(137), "1/2");
  EXPECT_EQ(outcome.reach(139), "1/2");
  EXPECT_EQ(outcome.reach(140), "4/5");
  EXPECT_EQ(outcome.reach(141), "4/5");
  EXPECT_EQ(outcome.reach(142), "12/13");
  EXPECT_EQ(outcome.reach(130), "12/13");
  EXPECT_EQ(outcome.port(135).reach->last_passed_by, router(2));
}

TEST(PortScan, AsksSevenQuestionsAPortForAThousandThatStopAtFiveHops) {
  Network network;
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    const int group = port / 200;
    network.rules[port] =
        group == 0 ? Rule{Rule::Kind::Closed} : Rule{Rule::Kind::Dropped, 2 * group + 1};
  }
  Network plain = network;
  const int scan_alone = scan(plain, 1, 1000).packets;
  const Outcome outcome = scan(network, 1, 1000, {.where = true});
  for (std::uint16_t port = 200; port <= 999; ++port) {
    const int hop = 2 * (port / 200) + 1;
    ASSERT_EQ(outcome.reach(port), std::to_string(hop) + "/" + std::to_string(hop + 1)) << port;
  }
  EXPECT_EQ(outcome.reach(100), "12/13");
  // One passes at the end, one is silent behind it, and five among controls.
  EXPECT_LT(outcome.packets - scan_alone, 1000 * 7);
  EXPECT_LT(outcome.trace.duration, seconds{5});
}

TEST(PortScan, DoesNotTakeALimitingRouterForAFilter) {
  Network network;
  network.limited_hop = 6;
  for (std::uint16_t port = 100; port <= 300; ++port) {
    network.rules[port] = {Rule::Kind::Dropped, 8};
  }
  const Outcome outcome = scan(network, 90, 310, {.where = true});
  for (std::uint16_t port = 100; port <= 300; ++port) {
    const std::string reach = outcome.reach(port);
    EXPECT_TRUE(reach == "8/9" || reach == "8/9 assumed" || reach == "unknown")
        << port << ' ' << reach;
  }
  EXPECT_EQ(outcome.reach(100), "8/9");
}

TEST(PortScan, FindsThatTheHostDropsBehindARouterThatReportsTenOrTwentyTimesASecond) {
  for (const int every : {50, 100}) {
    for (std::uint16_t port = 100; port < 116; ++port) {
      Network network;
      network.last_reports_every = milliseconds{every};
      network.rules[port] = {Rule::Kind::Dropped, 12};
      EXPECT_EQ(scan(network, 90, port, {.where = true}).reach(port), "12/13") << every;
    }
  }
}

TEST(PortScan, AsksControlsOnlyWhereTooMuchIsOpen) {
  Network network;
  network.rules[20] = {Rule::Kind::Open};
  scan(network, 20, 26, {.controls = 2});  // 25 and 26 are the controls
  EXPECT_EQ(network.syns[25], 0);
}

TEST(PortScan, TellsFromWhichHopEverythingIsAnswered) {
  Network network;
  for (std::uint16_t port = 20; port <= 26; ++port) {
    network.rules[port] = {Rule::Kind::Open, 3};  // a SYN proxy
  }
  const Outcome outcome = scan(network, 20, 26, {.controls = 2});
  EXPECT_TRUE(outcome.port(26).control);
  EXPECT_EQ(outcome.state(26), PortState::Open);
  EXPECT_EQ(outcome.reach(26), "2/3");
}

TEST(PortScan, LearnsNothingFromProbesThatThisHostRefuses) {
  for (std::uint16_t limited = 20; limited <= 24; ++limited) {
    Network network;
    network.rules[21] = network.rules[limited] = {Rule::Kind::Open};
    network.rules[24] = {Rule::Kind::Dropped, 12};
    const Outcome outcome =
        scan(network, 20, 24, {.where = true}, wire::TcpFlag::Syn, limit(limited, 5, 2));
    for (std::uint16_t port = 20; port <= 24; ++port) {
      const std::string reach = outcome.reach(port);
      EXPECT_TRUE(reach == "12/13" || (port == limited && reach == "unknown")) << port << reach;
    }
  }
}

TEST(PortScan, CallsPortsUnreachableWhereNothingCanLeave) {
  Network network;
  const auto refuses = [](const wire::Datagram&, Instant) {
    return std::optional{model::Refusal::NoCarrier};
  };
  const Outcome outcome = scan(network, 20, 21, {.where = true}, wire::TcpFlag::Syn, refuses);
  EXPECT_EQ(outcome.state(20), PortState::Unreachable);
  EXPECT_EQ(outcome.trace.verdict.state, PortState::Unreachable);
  EXPECT_EQ(outcome.trace.verdict.stop, model::StopReason::Refused);
}

TEST(PortScan, HearsATargetThatNeitherAcceptsNorRefuses) {
  Network network;
  network.rules[20] = {Rule::Kind::BareSyn};
  const Outcome outcome = scan(network, 20, 20, {.where = true});
  EXPECT_EQ(outcome.state(20), PortState::Filtered);
  EXPECT_TRUE(outcome.port(20).heard);
  EXPECT_TRUE(outcome.trace.verdict.reached);
  EXPECT_EQ(outcome.reach(20), "12/-");
}

TEST(PortScan, FollowsAPathLongerThanTheReference) {
  Network network;
  network.rules[20] = {Rule::Kind::Open, 5};  // the first answering port is a proxy's
  const Outcome outcome = scan(network, 20, 22, {.where = true});
  EXPECT_EQ(outcome.reach(20), "4/5");
  EXPECT_EQ(outcome.reach(21), "12/13");
}

}  // namespace
}  // namespace synroute::strategy
