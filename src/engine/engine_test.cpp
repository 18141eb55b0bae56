// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"

#include "wire/pretty.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace synroute::engine {
namespace {

using std::chrono::milliseconds;

const IpAddress kSource = IpAddress::v4(0xc0000207);
const IpAddress kTarget = IpAddress::v4(0xcb007150);

/// Sends `count` probes with TTL 1, 2, …, gives each 100 ms, and ends when all are settled.
class Simple final : public Strategy {
 public:
  explicit Simple(int count) : count_{count} {}
  Move next(Instant /*now*/, bool may_send, const Ledger& ledger) override {
    if (asked_ < count_) {
      return may_send
                 ? Move{Ask{.flow = FlowId{0}, .ttl = Ttl{static_cast<std::uint8_t>(++asked_)}}}
                 : Move{};
    }
    return ledger.waiting_count() == 0 ? Move{model::Verdict{}} : Move{};
  }
  void settled(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) override {}
  Duration patience(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) const override {
    return milliseconds{100};
  }
  model::Verdict verdict_so_far(const Ledger& /*ledger*/) const override { return {}; }

 private:
  int count_;
  int asked_ = 0;
};

Settings settings() {
  Settings result;
  result.head.source.address = kSource;
  result.head.target.address = kTarget;
  result.head.target.port = Port{443};
  result.source_ports = {Port{45002}};
  result.shape = system_syn(Family::V4);
  result.seed = 11;
  result.pacing = milliseconds{1};
  return result;
}

/// Everything an engine has put out, in order.
struct Log {
  std::vector<wire::Datagram> sent;
  std::vector<model::ProbeRecord> settled;
  std::optional<model::Trace> trace;
  std::string text;

  void drain(Engine& engine) {
    while (auto output = engine.poll()) {
      if (auto* probe = std::get_if<SendProbe>(&*output)) {
        text += "send " + wire::pretty(probe->datagram) + "\n";
        sent.push_back(std::move(probe->datagram));
      } else if (auto* event = std::get_if<model::Event>(&*output)) {
        note(*event);
      }
    }
  }
  void note(const model::Event& event) {
    text += std::to_string(event.at.since_start().count()) + " event "
            + std::to_string(event.what.index()) + "\n";
    if (const auto* probe = std::get_if<model::ProbeSettled>(&event.what)) {
      settled.push_back(probe->record);
    } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      trace = finished->trace;
    }
  }
};

Instant at(int millis) {
  return Instant{milliseconds{millis}};
}

wire::Datagram syn_ack(const wire::Datagram& probe) {
  wire::Datagram datagram;
  datagram.ip.source = kTarget;
  datagram.ip.destination = kSource;
  datagram.ip.ttl = Ttl{60};
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  segment.header.acknowledgement = probe.tcp()->header.sequence + 1;
  datagram.body = segment;
  return datagram;
}

/// Starts an engine with `count` probes; each is sent as soon as the pacer lets it go.
struct Running {
  explicit Running(int count, Settings wanted = settings())
      : engine{std::move(wanted), std::make_unique<Simple>(count)} {
    for (int millis = 0; millis < count; ++millis) {
      engine.advance(at(millis));
      log.drain(engine);
      engine.sent(ProbeId{static_cast<std::uint32_t>(millis)}, at(millis));
      log.drain(engine);
    }
  }
  Engine engine;
  Log log;
};

TEST(Engine, KeepsTheGapBetweenProbes) {
  Engine engine{settings(), std::make_unique<Simple>(3)};
  Log log;
  engine.advance(at(0));
  log.drain(engine);
  EXPECT_EQ(log.sent.size(), 1U);
  EXPECT_EQ(engine.deadline(), at(1));
}

TEST(Engine, MeasuresFromTheKernelStampEvenWhenItComesAfterTheAnswer) {
  Running run{1};
  run.engine.handle(syn_ack(run.log.sent[0]), at(20));
  run.log.drain(run.engine);
  ASSERT_TRUE(run.log.trace);
  EXPECT_EQ(run.log.trace->probes[0].reply()->rtt, milliseconds{20});
}

TEST(Engine, ReplacesTheClockByTheKernelStamp) {
  Running run{2};
  run.engine.handle(syn_ack(run.log.sent[0]), at(20));
  run.log.drain(run.engine);
  run.engine.sent(ProbeId{0}, Instant{std::chrono::microseconds{500}});
  run.log.drain(run.engine);
  run.engine.advance(at(200));
  run.log.drain(run.engine);
  ASSERT_TRUE(run.log.trace);
  EXPECT_EQ(run.log.trace->probes[0].reply()->rtt, std::chrono::microseconds{19500});
  EXPECT_EQ(run.log.trace->counters.sent, 2U);
}

TEST(Engine, GivesUpExactlyWhenPatienceEnds) {
  Running run{1};
  run.engine.advance(Instant{milliseconds{100} - Duration{1}});
  run.log.drain(run.engine);
  EXPECT_TRUE(run.log.settled.empty());
  run.engine.advance(at(100));
  run.log.drain(run.engine);
  ASSERT_EQ(run.log.settled.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<model::Lost>(run.log.settled[0].state));
}

TEST(Engine, CountsADuplicateOnce) {
  Running run{2};
  for (int i = 0; i < 3; ++i) {
    run.engine.handle(syn_ack(run.log.sent[0]), at(20 + i));
    run.log.drain(run.engine);
  }
  run.engine.advance(at(300));
  run.log.drain(run.engine);
  ASSERT_TRUE(run.log.trace);
  EXPECT_EQ(run.log.trace->probes[0].duplicates, 2);
  EXPECT_EQ(run.log.trace->counters.duplicates, 2U);
  EXPECT_EQ(run.log.trace->probes[0].reply()->rtt, milliseconds{20});
}

TEST(Engine, MarksAnAnswerAfterTheDeadlineAsLate) {
  Running run{2};
  run.engine.advance(at(100));  // the first probe is given up, the second not yet
  run.log.drain(run.engine);
  run.engine.handle(syn_ack(run.log.sent[0]), at(100));
  run.log.drain(run.engine);
  run.engine.advance(at(300));
  run.log.drain(run.engine);
  ASSERT_TRUE(run.log.trace);
  EXPECT_TRUE(run.log.trace->probes[0].is_late());
  EXPECT_EQ(run.log.trace->counters.late, 1U);
}

TEST(Engine, TakesARefusalForWhatItIs) {
  Engine engine{settings(), std::make_unique<Simple>(1)};
  Log log;
  engine.advance(at(0));
  log.drain(engine);
  engine.refused(ProbeId{0}, model::Refusal::NotPermitted, at(1300));
  log.drain(engine);
  ASSERT_TRUE(log.trace);
  EXPECT_EQ(log.trace->duration, at(1300) - at(0));
  EXPECT_EQ(log.trace->probes[0].refusal(), model::Refusal::NotPermitted);
  EXPECT_EQ(log.trace->counters.refused, 1U);
  EXPECT_EQ(log.trace->counters.sent, 0U);
}

/// The interface named by TraceStarted, once that has come.
std::optional<std::string> announced_interface(Engine& engine) {
  std::optional<std::string> result;
  while (auto output = engine.poll()) {
    const auto* event = std::get_if<model::Event>(&*output);
    if (event != nullptr && std::holds_alternative<model::TraceStarted>(event->what)) {
      result = std::get<model::TraceStarted>(event->what).head.source.interface;
    }
  }
  return result;
}

Settings settings_with_departures() {
  Settings result = settings();
  result.head.source.interface = "eth0";
  result.head.source.gateway = IpAddress::v4(0xc0000201);
  result.sees_departures = true;
  return result;
}

TEST(Engine, NamesTheInterfaceThatTheFirstProbeLeftBy) {
  Engine engine{settings_with_departures(), std::make_unique<Simple>(1)};
  engine.advance(Instant{});
  EXPECT_EQ(announced_interface(engine), std::nullopt);
  engine.sent(ProbeId{0}, Instant{});
  engine.departed(ProbeId{0}, "tun1", {});
  EXPECT_EQ(announced_interface(engine), "tun1");
  engine.advance(Instant{} + milliseconds{200});
  Log log;
  log.drain(engine);
  ASSERT_TRUE(log.trace);
  EXPECT_EQ(log.trace->source.interface, "tun1");
  EXPECT_EQ(log.trace->source.gateway, std::nullopt) << "it belongs to the other route";
}

TEST(Engine, BeginsWithoutADepartureAfterTwoMilliseconds) {
  Engine engine{settings_with_departures(), std::make_unique<Simple>(1)};
  engine.advance(Instant{});
  EXPECT_EQ(announced_interface(engine), std::nullopt);
  ASSERT_LE(engine.deadline(), Instant{} + milliseconds{2});
  engine.advance(Instant{} + milliseconds{2});
  EXPECT_EQ(announced_interface(engine), "eth0");
}

TEST(Engine, TrustsATransportThatKnowsWhichProbeIsAnswered) {
  Running run{2};
  wire::Datagram keyless = syn_ack(run.log.sent[1]);
  std::get<wire::TcpSegment>(keyless.body).header.acknowledgement = 0;
  EXPECT_EQ(run.engine.handle(keyless, at(9), ProbeId{1}), Claim::Mine);
  run.log.drain(run.engine);
  ASSERT_EQ(run.log.settled.size(), 1U);
  EXPECT_EQ(run.log.settled[0].probe.id, ProbeId{1});
}

TEST(Engine, TakesARedirectForNoAnswerEvenWhenTheTransportNamesTheProbe) {
  Running run{1};
  wire::Datagram redirect;
  redirect.ip.source = IpAddress::v4(0xc6336401);
  redirect.ip.destination = kSource;
  redirect.body = wire::IcmpMessage{.type = 5};
  EXPECT_EQ(run.engine.handle(redirect, at(9), ProbeId{0}), Claim::Foreign);
  run.log.drain(run.engine);
  EXPECT_TRUE(run.engine.ledger().record(ProbeId{0}).is_waiting());
}

TEST(Engine, EndsWithWhatIsKnownWhenInterrupted) {
  Running run{3};
  run.engine.interrupt(at(50));
  run.log.drain(run.engine);
  ASSERT_TRUE(run.log.trace);
  EXPECT_EQ(run.log.trace->verdict.stop, model::StopReason::Interrupted);
  EXPECT_EQ(run.log.trace->duration, milliseconds{50});
  EXPECT_TRUE(run.engine.finished());
}

TEST(Engine, NeverSendsMoreProbesThanItMay) {
  Settings bounded = settings();
  bounded.probes_max = 2;
  bounded.pacing = Duration{0};
  Engine engine{std::move(bounded), std::make_unique<Simple>(10)};
  Log log;
  engine.advance(at(0));
  log.drain(engine);
  EXPECT_EQ(log.sent.size(), 2U);
  EXPECT_TRUE(engine.finished());
}

TEST(Engine, RepeatsItselfByteForByte) {
  const auto once = [] {
    Running run{5};
    run.engine.handle(syn_ack(run.log.sent[3]), at(20));
    run.log.drain(run.engine);
    run.engine.advance(at(500));
    run.log.drain(run.engine);
    return run.log.text;
  };
  EXPECT_EQ(once(), once());
}

/// Two probes of one flow: the first is withdrawn, the second follows it.
class Pair final : public Strategy {
 public:
  Move next(Instant /*now*/, bool /*may_send*/, const Ledger& ledger) override {
    if (ledger.records().empty()) {
      return Ask{.ttl = Ttl{9}, .withdraw = true};
    }
    return ledger.records().size() == 1 ? Move{Ask{.ttl = Ttl{9}, .follows = ProbeId{0}}} : Move{};
  }
  void settled(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) override {}
  Duration patience(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) const override {
    return milliseconds{100};
  }
  model::Verdict verdict_so_far(const Ledger& /*ledger*/) const override { return {}; }
};

TEST(Engine, UndoesAWithdrawnProbeAndKeepsItsFollowerOutOfItsWindow) {
  Engine engine{settings(), std::make_unique<Pair>()};
  engine.advance(at(0));
  std::vector<wire::Datagram> packets;
  while (auto output = engine.poll()) {
    if (auto* probe = std::get_if<SendProbe>(&*output)) {
      packets.push_back(std::move(probe->datagram));
    } else if (auto* packet = std::get_if<SendPacket>(&*output)) {
      packets.push_back(std::move(packet->datagram));
    }
  }
  ASSERT_EQ(packets.size(), 3U);
  const wire::TcpHeader& first = packets[0].tcp()->header;
  const wire::TcpHeader& reset = packets[1].tcp()->header;
  const wire::TcpHeader& second = packets[2].tcp()->header;
  EXPECT_EQ(reset.flags, wire::TcpFlag::Rst);
  EXPECT_EQ(reset.sequence, first.sequence + 1);
  EXPECT_EQ(reset.source_port, first.source_port);
  EXPECT_EQ(packets[1].ip.ttl, Ttl{64});
  EXPECT_GE(second.sequence - first.sequence, 65536U);
  EXPECT_LE(second.sequence - first.sequence, 66000U);
}

TEST(Engine, WritesEveryKeyIntoTheProbe) {
  Running run{1};
  const wire::Datagram& probe = run.log.sent[0];
  EXPECT_NE(probe.ip.id, 0);
  EXPECT_EQ(probe.tcp()->header.source_port, Port{45002});
  ASSERT_TRUE(probe.tcp()->header.options.timestamps());
  EXPECT_NE(probe.tcp()->header.options.timestamps()->value, 0U);
}

TEST(ProbeShape, LooksLikeLinux) {
  const ProbeShape shape = system_syn(Family::V4, 1500);
  EXPECT_EQ(shape.options.maximum_segment_size(), 1460);
  EXPECT_TRUE(shape.options.has_sack_permitted());
  EXPECT_EQ(shape.options.window_scale(), 7);
  EXPECT_EQ(shape.length(Family::V4), 60U);
  EXPECT_EQ(system_syn(Family::V6, 1500).options.maximum_segment_size(), 1440);
  EXPECT_EQ(system_syn(Family::V4, 65536).options.maximum_segment_size(), 65495);
}

TEST(ProbeShape, CanBeBare) {
  EXPECT_EQ(bare_syn().length(Family::V4), 40U);
  EXPECT_EQ(bare_syn().window, 0);
}

TEST(EngineDeathTest, DemandsToBeDrained) {
  Engine engine{settings(), std::make_unique<Simple>(3)};
  engine.advance(at(0));
  EXPECT_DEBUG_DEATH(engine.advance(at(1)), "drain");
}

}  // namespace
}  // namespace synroute::engine
