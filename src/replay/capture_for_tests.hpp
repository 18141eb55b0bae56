// SPDX-License-Identifier: Apache-2.0
#pragma once

// Builds captures of traces by other tools, and replays them.

#include "drive/session.hpp"
#include "infer/infer.hpp"
#include "replay/find_traces.hpp"
#include "replay/replay_clock.hpp"
#include "replay/replay_strategy.hpp"
#include "replay/replay_transport.hpp"
#include "wire/packets_for_tests.hpp"
#include "wire/pcap_file.hpp"

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace synroute::replay::testing {

using wire::testing::address;
using wire::testing::Bytes;

/// No events arrive during wait().
class IdleWaiter final : public seam::Waiter {
 public:
  Instant now() override { return now_; }
  WallTime wall() override { return {}; }
  seam::Wake wait(std::optional<Instant> until) override {
    now_ = until ? std::max(now_, *until) : now_;
    return until ? seam::Wake::Time : seam::Wake::Interrupted;
  }

 private:
  Instant now_{std::chrono::hours{1}};
};

/// The fields in which probes of one trace differ.
struct Sent {
  int ttl = 1;
  std::uint16_t source_port = 40000;
  std::uint32_t sequence = 1000;
  std::uint16_t ip_id = 1;
  std::uint16_t port = 443;
  std::string_view target = "203.0.113.80";
};

/// Writes a capture packet by packet; times are in milliseconds.
class Script {
 public:
  wire::Datagram probe(int at, const Sent& sent) {
    wire::TcpSegment segment;
    segment.header.source_port = Port{sent.source_port};
    segment.header.destination_port = Port{sent.port};
    segment.header.sequence = sent.sequence;
    segment.header.flags = wire::TcpFlag::Syn;
    wire::Datagram datagram{header("192.0.2.7", sent.target, sent.ttl), segment};
    datagram.ip.id = sent.ip_id;
    add(at, datagram);
    return datagram;
  }

  /// `from` reports time exceeded for the probe. `id`: the IP ID it quotes, if rewritten.
  void exceeded(
      int at,
      std::string_view from,
      const wire::Datagram& probe,
      std::optional<std::uint16_t> id = std::nullopt) {
    wire::Datagram offending = probe;
    offending.ip.ttl = Ttl{1};
    offending.ip.id = id.value_or(probe.ip.id);
    const Bytes quoted = wire::bytes(offending);
    const auto message = wire::make_icmp_error(Family::V4, {.type = 11, .offending = quoted});
    add(at, {header(from, "192.0.2.7", 250), message});
  }

  /// A segment from the target to the prober in the connection of a probe.
  void answer(int at, const wire::Datagram& probe, wire::TcpFlags flags) {
    const wire::TcpHeader& asked = probe.tcp()->header;
    wire::TcpSegment segment;
    segment.header.source_port = asked.destination_port;
    segment.header.destination_port = asked.source_port;
    segment.header.sequence = 77;
    segment.header.acknowledgement = asked.sequence + 1;
    segment.header.flags = flags;
    add(at, {header(probe.ip.destination.to_string(), "192.0.2.7", 60), segment});
  }
  void accept(int at, const wire::Datagram& probe) {
    answer(at, probe, wire::TcpFlag::Syn | wire::TcpFlag::Ack);
  }
  /// A later segment from the prober in the connection of a probe.
  void send_more(int at, const wire::Datagram& probe, wire::TcpFlags flags) {
    wire::Datagram segment = probe;
    segment.ip.ttl = Ttl{64};
    std::get<wire::TcpSegment>(segment.body).header.flags = flags;
    add(at, segment);
  }

  void add(int at, const wire::Datagram& datagram) { add(at, wire::bytes(datagram)); }
  void add(int at, const Bytes& packet) {
    writer_.add(WallTime{kBegin + std::chrono::milliseconds{at}}, packet);
  }
  [[nodiscard]] Bytes file() { return writer_.take(); }

  static constexpr Duration kBegin = std::chrono::seconds{1'700'000'000};

 private:
  static wire::IpHeader header(std::string_view from, std::string_view to, int ttl) {
    wire::IpHeader ip;
    ip.source = address(from);
    ip.destination = address(to);
    ip.ttl = Ttl{static_cast<std::uint8_t>(ttl)};
    return ip;
  }

  wire::PcapWriter writer_;
};

[[nodiscard]] inline FoundTraces found_in(const Bytes& file, const TraceFilter& wanted = {}) {
  return find_traces(*Capture::read(file), wanted);
}

/// All traces of a capture after their replay.
[[nodiscard]] inline std::vector<model::Trace> replayed(const Bytes& file) {
  std::vector<std::shared_ptr<ReplayCursor>> cursors;
  for (RecordedTrace& trace : found_in(file).traces) {
    cursors.push_back(std::make_shared<ReplayCursor>(std::move(trace)));
  }
  IdleWaiter idle;
  ReplayClock clock{idle};
  ReplayTransport transport{cursors, clock};
  drive::Session session{
      transport,
      clock,
      nullptr,
      [](const seam::Text&) { return true; },
      {.concurrent_max = 1, .infer = infer::infer}};
  for (const auto& cursor : cursors) {
    session.add(
        std::make_unique<engine::Engine>(
            settings_for(cursor->trace()), make_replay_strategy(cursor)),
        std::vector<std::unique_ptr<seam::Presenter>>{});
  }
  return session.run().traces;
}

}  // namespace synroute::replay::testing
