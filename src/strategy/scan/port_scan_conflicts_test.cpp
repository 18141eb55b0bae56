// SPDX-License-Identifier: Apache-2.0
// Answers of others than the target, before the answer of the target.
#include "engine/engine.hpp"
#include "strategy/scan/port_scan.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <optional>

namespace synroute::strategy {
namespace {

using model::PortState;
using std::chrono::milliseconds;
using support::icmp_error;
using support::kRstAck;
using support::kSource;
using support::kSynAck;
using support::kTarget;
using support::segment;

const IpAddress kOther = IpAddress::v4(0xc6120042);
constexpr Duration kRoundTrip = milliseconds{300};
constexpr Port kOpen{1};
constexpr Port kClosed{2};
constexpr Port kSilent{3};

/// An ICMP error whose quote shows another IP ID than the probe had.
wire::Datagram with_other_id(wire::Datagram error) {
  wire::IcmpMessage message = *error.icmp();
  message.quote->ip->id = static_cast<std::uint16_t>(message.quote->ip->id + 9);
  error.body = message;
  return error;
}

wire::Datagram prohibited(const wire::Datagram& probe) {
  return with_other_id(icmp_error(kOther, 3, 13, probe));
}

/// The answer of the target, where it answers.
support::Answers genuine(const wire::Datagram& probe) {
  const Port port = probe.tcp()->header.destination_port;
  if (port == kSilent) {
    return {};
  }
  return {{kRoundTrip, segment(probe, port == kOpen ? kSynAck : kRstAck)}};
}

struct Result {
  std::map<Port, PortState> states;
  model::Trace trace;
};

/// Three ports, one in each state; `disturb` adds answers of others.
Result scan(const std::function<void(const wire::Datagram&, support::Answers&)>& disturb) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.source_ports = {Port{40000}};
  settings.target_ports = {kOpen, kClosed, kSilent};
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = 9;
  settings.pacing = milliseconds{5};
  settings.probes_max = 100;
  engine::Engine engine{std::move(settings), port_scan({}, 3)};
  Result result;
  const auto network = [&disturb](const wire::Datagram& probe, Instant) {
    support::Answers all = genuine(probe);
    disturb(probe, all);
    return all;
  };
  support::run_engine(engine, network, [&result](const model::Event& event) {
    if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      result.trace = finished->trace;
    }
  });
  for (const model::PortResult& port : result.trace.ports) {
    result.states[port.port] = port.state;
  }
  return result;
}

void expect_undisturbed(const Result& result) {
  EXPECT_EQ(result.states.at(kOpen), PortState::Open);
  EXPECT_EQ(result.states.at(kClosed), PortState::Closed);
}

TEST(PortScanConflicts, TheTargetsAnswerDecidesWheneverAPoorerOneArrives) {
  for (const Duration at :
       {milliseconds{1}, milliseconds{150}, milliseconds{299}, milliseconds{301}}) {
    const Result result = scan([at](const wire::Datagram& probe, support::Answers& all) {
      all.emplace_back(at, prohibited(probe));
    });
    expect_undisturbed(result);
    int kept = 0;
    for (const model::ProbeRecord& record : result.trace.probes) {
      for (const model::Rival& rival : record.rivals) {
        EXPECT_EQ(rival.reply.from, kOther);
        ++kept;
      }
    }
    EXPECT_EQ(kept, 2);
  }
}

TEST(PortScanConflicts, APoorAnswerThatNothingDisprovesIsTheAnswer) {
  const Result result = scan([](const wire::Datagram& probe, support::Answers& all) {
    all.emplace_back(milliseconds{1}, prohibited(probe));
  });
  EXPECT_EQ(result.states.at(kSilent), PortState::Rejected);
}

TEST(PortScanConflicts, APoorAnswerThatATimeExceededDisprovesLeavesThePortSilent) {
  const Result result = scan([](const wire::Datagram& probe, support::Answers& all) {
    if (probe.tcp()->header.destination_port == kSilent) {
      all.emplace_back(milliseconds{1}, prohibited(probe));
      all.emplace_back(milliseconds{90}, icmp_error(support::router(4), 11, 0, probe));
    }
  });
  expect_undisturbed(result);
  EXPECT_EQ(result.states.at(kSilent), PortState::Filtered);
}

TEST(PortScanConflicts, AQuickPoorAnswerDoesNotShortenTheWait) {
  const Result result = scan([](const wire::Datagram& probe, support::Answers& all) {
    if (probe.tcp()->header.destination_port == kSilent) {
      all.emplace_back(milliseconds{1}, prohibited(probe));
    }
  });
  expect_undisturbed(result);
  for (const model::ProbeRecord& record : result.trace.probes) {
    EXPECT_EQ(record.probe.attempt, 1);
  }
}

}  // namespace
}  // namespace synroute::strategy
