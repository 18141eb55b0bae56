// SPDX-License-Identifier: Apache-2.0
// A scan ends, whatever the network and this host do.
#include "engine/engine.hpp"
#include "strategy/scan/port_scan.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace synroute::strategy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kDistance = 6;
constexpr std::size_t kControls = 2;
/// More than any of these scans needs: one that sends more does not end by itself.
constexpr std::size_t kProbesMax = 1500;

/// Five routers and a host behind a link that delays and loses; this host may refuse to send.
struct World {
  Duration round_trip = milliseconds{10};  ///< to the target
  double loss = 0;
  unsigned open = 0;     ///< bit i: port i is open
  unsigned dropped = 0;  ///< bit i: the third router drops packets to port i
  std::optional<Instant> refuses_from;
  double refuses = 1;  ///< from then on, this share of the packets
  model::Refusal why = model::Refusal::NoRoute;
  std::uint64_t seed = 1;

  [[nodiscard]] std::string text() const {
    return fmt::format(
        "rtt {} ms, loss {}, open {:b}, dropped {:b}, refuses {} from {} ms, seed {}",
        round_trip / milliseconds{1},
        loss,
        open,
        dropped,
        refuses,
        refuses_from ? (*refuses_from - Instant{}) / milliseconds{1} : -1,
        seed);
  }
};

support::Answers answers_of(const World& world, Random& random, const wire::Datagram& probe) {
  const int ttl = probe.ip.ttl.value();
  const unsigned bit = 1U << (probe.tcp()->header.destination_port.value() - 1U);
  const bool is_dropped = (world.dropped & bit) != 0 && ttl > 3;
  if (is_dropped || random.chance(world.loss)) {
    return {};
  }
  if (ttl < kDistance) {
    return {{milliseconds{2} * ttl, support::time_exceeded(ttl, probe)}};
  }
  const bool is_open = (world.open & bit) != 0;
  return {
      {world.round_trip, support::segment(probe, is_open ? support::kSynAck : support::kRstAck)}};
}

model::Trace scan(const World& world, std::size_t ports, bool where) {
  engine::Settings settings;
  settings.head.source.address = support::kSource;
  settings.head.target.address = support::kTarget;
  settings.source_ports = {Port{40000}};
  for (std::size_t port = 1; port <= ports + kControls; ++port) {
    settings.target_ports.emplace_back(static_cast<std::uint16_t>(port));
  }
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = world.seed;
  settings.pacing = milliseconds{1};
  settings.probes_max = kProbesMax;
  engine::Engine engine{
      std::move(settings), port_scan({.where = where, .controls = kControls}, ports + kControls)};
  Random random{world.seed};
  Random refusing{world.seed + 1};
  model::Trace trace;
  support::run_engine(
      engine,
      [&](const wire::Datagram& probe, Instant) { return answers_of(world, random, probe); },
      [&](const model::Event& event) {
        if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          trace = finished->trace;
        }
      },
      {},
      /*names_probes=*/false,
      [&](const wire::Datagram&, Instant now) {
        const bool may = world.refuses_from && now >= *world.refuses_from;
        return may && refusing.chance(world.refuses) ? std::optional{world.why} : std::nullopt;
      });
  return trace;
}

void expect_end(const World& world, std::size_t ports = 3) {
  for (const bool where : {false, true}) {
    SCOPED_TRACE(world.text() + (where ? ", where" : ""));
    const model::Trace trace = scan(world, ports, where);
    EXPECT_LT(trace.probes.size(), kProbesMax);
    EXPECT_LT(trace.duration, seconds{120});
    EXPECT_GE(trace.ports.size(), ports);
  }
}

TEST(ScanEnds, WithTargetsThatAnswerAfterTheLongestWait) {
  for (const int round_trip : {1300, 2000, 2900, 3500}) {
    for (const unsigned open : {0U, 0b1U, 0b11U, 0b111U, 0b11111U}) {
      expect_end({.round_trip = milliseconds{round_trip}, .open = open});
      expect_end({.round_trip = milliseconds{round_trip}, .open = open}, 1);
    }
  }
}

TEST(ScanEnds, WhenThisHostRefusesFromSomeMomentOn) {
  for (const int from : {0, 1, 5, 10, 20, 50, 200}) {
    expect_end({.open = 0b110, .dropped = 0b1, .refuses_from = Instant{} + milliseconds{from}});
  }
}

TEST(ScanEnds, WithEveryDelayLossAndRefusal) {
  Random random{11};
  constexpr std::array kLosses{0.0, 0.1, 0.5};
  constexpr std::array kShares{0.1, 0.5, 1.0};
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    World world{.seed = seed};
    world.round_trip = milliseconds{1 + static_cast<int>(random.below(6000))};
    world.loss = kLosses[random.below(kLosses.size())];
    world.open = static_cast<unsigned>(random.below(64));
    world.dropped = static_cast<unsigned>(random.below(64) & random.below(64));
    if (random.chance(0.5)) {
      world.refuses_from = Instant{} + milliseconds{random.below(5000)};
      world.refuses = kShares[random.below(kShares.size())];
      world.why = random.chance(0.5) ? model::Refusal::NoRoute : model::Refusal::NoCarrier;
    }
    expect_end(world, 1 + random.below(4));
  }
}

}  // namespace
}  // namespace synroute::strategy
