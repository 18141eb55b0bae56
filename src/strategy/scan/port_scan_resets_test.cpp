// SPDX-License-Identifier: Apache-2.0
// Forged resets, slow paths and routing loops: what a scan says about them.
#include "engine/engine.hpp"
#include "model/port_groups.hpp"
#include "strategy/scan/port_scan.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace synroute::strategy {
namespace {

using model::PortState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::kRstAck;
using support::kSynAck;
using support::segment;

wire::Datagram with_ttl(wire::Datagram packet, int ttl) {
  packet.ip.ttl = ttl_of(ttl);
  return packet;
}

struct Result {
  model::Trace trace;
  int packets = 0;

  [[nodiscard]] const model::PortResult& port(std::uint16_t number) const {
    return trace.ports.at(number - 1U);
  }
  /// All lines of the summary.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const model::PortGroup& group : model::group_ports(trace)) {
      lines += group.sentence + "\n";
    }
    return lines;
  }
};

/// Scans the ports 1 to `count`.
Result scan(
    std::size_t count,
    const support::Network& network,
    const ScanOptions& options = {},
    Duration pacing = milliseconds{1}) {
  engine::Settings settings;
  settings.head.source.address = support::kSource;
  settings.head.target.address = support::kTarget;
  settings.source_ports = {Port{40000}};
  for (std::size_t port = 1; port <= count; ++port) {
    settings.target_ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = 9;
  settings.pacing = pacing;
  settings.probes_max = 10'000;
  engine::Engine engine{std::move(settings), port_scan(options, count)};
  Result result;
  result.packets = support::run_engine(engine, network, [&result](const model::Event& event) {
    if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      result.trace = finished->trace;
    }
  });
  return result;
}

std::uint16_t port_of(const wire::Datagram& probe) {
  return probe.tcp()->header.destination_port.value();
}

/// A middlebox at hop 3 resets port 1, which the target, 50 ms away, accepts; other ports are
/// closed.
support::Answers censored(const wire::Datagram& probe) {
  if (port_of(probe) != 1) {
    return {{milliseconds{50}, with_ttl(segment(probe, kRstAck), 54)}};
  }
  return {
      {milliseconds{5}, with_ttl(segment(probe, kRstAck), 62)},
      {milliseconds{50}, with_ttl(segment(probe, kSynAck), 54)}};
}

TEST(PortScanResets, AForgedResetBeforeTheSynAckMakesThePortRejected) {
  for (const std::size_t count : {1U, 2U, 200U}) {
    const Result result =
        scan(count, [](const wire::Datagram& probe, Instant) { return censored(probe); });
    EXPECT_EQ(result.port(1).state, PortState::Rejected) << count;
    EXPECT_NE(
        result.text().find("rejected (forged reset): a middlebox on the path resets connections; "
                           "the target itself accepts them"),
        std::string::npos)
        << result.text();
    if (count > 1) {
      EXPECT_EQ(result.port(2).state, PortState::Closed);
    }
    EXPECT_EQ(static_cast<std::size_t>(result.packets), count);
  }
}

TEST(PortScanResets, AProbeThatIsResetAndExpiresShowsThatTheResetIsForged) {
  const auto network = [](const wire::Datagram& probe, Instant) -> support::Answers {
    const int ttl = probe.ip.ttl.value();
    if (ttl < 3) {
      return {{milliseconds{ttl}, support::time_exceeded(ttl, probe)}};
    }
    support::Answers answers{{milliseconds{3}, with_ttl(segment(probe, kRstAck), 62)}};
    if (ttl < 8) {
      answers.emplace_back(milliseconds{5 * ttl}, support::time_exceeded(ttl, probe));
    }
    return answers;
  };
  const Result result = scan(1, network, {.where = true});
  EXPECT_EQ(result.port(1).state, PortState::Rejected);
  EXPECT_NE(result.text().find("the target's own answer is unknown"), std::string::npos)
      << result.text();
}

TEST(PortScanResets, ASynAckBeforeTheResetLeavesThePortOpen) {
  const Result result = scan(1, [](const wire::Datagram& probe, Instant) -> support::Answers {
    return {
        {milliseconds{5}, with_ttl(segment(probe, kSynAck), 54)},
        {milliseconds{9}, with_ttl(segment(probe, kRstAck), 54)}};
  });
  EXPECT_EQ(result.port(1).state, PortState::Open);
}

TEST(PortScanResets, ClosedPortsNeedOneSynEachAndNoWaitAtTheEnd) {
  const Result result = scan(500, [](const wire::Datagram& probe, Instant) -> support::Answers {
    return {{milliseconds{20}, with_ttl(segment(probe, kRstAck), 54)}};
  });
  EXPECT_EQ(result.packets, 500);
  EXPECT_LE(result.trace.duration, milliseconds{500 + 20});
}

TEST(PortScanResets, ResetsFromWhereASynAckCameNeedNoWait) {
  const Result result = scan(2, [](const wire::Datagram& probe, Instant) -> support::Answers {
    const auto flags = port_of(probe) == 1 ? kSynAck : kRstAck;
    return {{milliseconds{20}, with_ttl(segment(probe, flags), 54)}};
  });
  EXPECT_EQ(result.port(2).state, PortState::Closed);
  EXPECT_LE(result.trace.duration, milliseconds{22});
}

TEST(PortScanPatience, AnAnswerAfterThreeAndAHalfSecondsIsShownAndTeachesPatience) {
  static constexpr Duration kSlow = milliseconds{3500};
  const auto network = [](const wire::Datagram& probe, Instant) -> support::Answers {
    return {{kSlow, segment(probe, port_of(probe) % 2 == 0 ? kSynAck : kRstAck)}};
  };
  // The first answer comes while the last ports are asked.
  const Result result = scan(100, network, {}, milliseconds{20});
  for (std::uint16_t port = 1; port <= 100; ++port) {
    EXPECT_EQ(result.port(port).state, port % 2 == 0 ? PortState::Open : PortState::Closed) << port;
  }
}

TEST(PortScanPatience, SilenceIsStatedWithTheWaitThatApplied) {
  const Result silent = scan(1, [](const wire::Datagram&, Instant) { return support::Answers{}; });
  EXPECT_EQ(silent.text(), "filtered; no answer within 1 s\n");
  EXPECT_EQ(silent.packets, 3);
  EXPECT_LE(silent.trace.duration, milliseconds{3010});
  const Result quick = scan(2, [](const wire::Datagram& probe, Instant) -> support::Answers {
    return port_of(probe) == 1 ? support::Answers{{milliseconds{20}, segment(probe, kSynAck)}}
                               : support::Answers{};
  });
  EXPECT_NE(quick.text().find("filtered; no answer within 0.1 s\n"), std::string::npos)
      << quick.text();
}

/// From hop 3 on, two routers send packets to the ports that `loops` names to each other.
support::Answers circle(const wire::Datagram& probe, bool loops) {
  const int ttl = probe.ip.ttl.value();
  const int hop = loops && ttl > 3 ? 3 + (ttl - 3) % 2 : ttl;
  if (!loops && ttl >= 8) {
    return {{milliseconds{8}, segment(probe, kSynAck)}};
  }
  return ttl == model::kFullTtl
             ? support::Answers{}
             : support::Answers{{milliseconds{hop}, support::time_exceeded(hop, probe)}};
}

TEST(PortScanLoops, PortsWhoseProbesEndInALoopSaySo) {
  const Result result = scan(
      3, [](const wire::Datagram& probe, Instant) { return circle(probe, true); }, {.where = true});
  EXPECT_EQ(result.text(), "filtered; routers pass the probes in a circle from hop 3 on\n");
  EXPECT_FALSE(result.port(1).reach->first_stopped);
}

TEST(PortScanDevices, APortThatLeavesByAnotherDeviceIsNotComparedWithOthers) {
  engine::Settings settings;
  settings.head.source = {
      .address = support::kSource, .port = {}, .interface = "eth0", .gateway = {}};
  settings.head.target.address = support::kTarget;
  settings.source_ports = {Port{40000}};
  settings.target_ports = {Port{1}, Port{2}};
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = 9;
  settings.sees_departures = true;
  engine::Engine engine{std::move(settings), port_scan({}, 2)};
  std::optional<model::Trace> trace;
  std::vector<ProbeId> left;
  const auto drain = [&] {
    while (auto output = engine.poll()) {
      if (const auto* probe = std::get_if<engine::SendProbe>(&*output)) {
        left.push_back(probe->id);
      } else if (const auto* event = std::get_if<model::Event>(&*output)) {
        const auto* finished = std::get_if<model::TraceFinished>(&event->what);
        trace = finished != nullptr ? std::optional{finished->trace} : trace;
      }
    }
  };
  for (Instant now; !trace; now = now + milliseconds{10}) {
    engine.advance(now);
    drain();
    for (const ProbeId id : std::exchange(left, {})) {
      engine.sent(id, now);
      const bool is_second = engine.ledger().record(id).probe.target_port == Port{2};
      engine.departed(id, is_second ? "wg0" : "eth0", {});
      drain();
    }
  }
  EXPECT_EQ(trace->ports.at(0).interface, "eth0");
  EXPECT_EQ(trace->ports.at(1).interface, "wg0");
}

}  // namespace
}  // namespace synroute::strategy
