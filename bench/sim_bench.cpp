// SPDX-License-Identifier: Apache-2.0
#include "drive/session.hpp"
#include "packets.hpp"
#include "sim/network/build.hpp"
#include "sim/network/sim_transport.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "strategy/path/trace_path.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace synroute;
using namespace std::chrono_literals;

const sim::Scenario& internet() {
  static const sim::Scenario scenario = *sim::parse_scenario(sim::internet_scenario(7));
  return scenario;
}

IpAddress destination(std::uint32_t number) {
  constexpr std::uint32_t kHosts = 1U << 24;
  return IpAddress::v4(0x0b000000U + number * 16'673U % kHosts);
}

/// A probe through the procedural internet and what comes back, without any tracer.
void internet_probe(benchmark::State& state) {
  const auto world = sim::build(internet());
  const IpAddress source = internet().prober_address(Family::V4).value();
  std::vector<bench::Bytes> probes;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    wire::Datagram probe = bench::probe();
    probe.ip.source = source;
    probe.ip.destination = destination(i / 16);
    probe.ip.ttl = Ttl{static_cast<std::uint8_t>(1 + i % 16)};
    probes.push_back(wire::bytes(probe));
  }
  std::size_t at = 0;
  std::size_t answers = 0;
  for (auto _ : state) {
    world->send(probes[at]);
    at = (at + 1) % probes.size();
    const Instant until = world->now() + 5us;
    while (world->run(until)) {
      answers += world->take_delivered().size();
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["answers"] =
      benchmark::Counter(static_cast<double>(answers), benchmark::Counter::kAvgIterations);
}
BENCHMARK(internet_probe);

/// 10,000 whole traces in one internet, so many at a time: engine, strategy, drive and world. Takes
/// hours of virtual time.
void ten_thousand_traces(benchmark::State& state) {
  const auto together = static_cast<std::uint32_t>(state.range(0));
  const auto world = sim::build(internet());
  const IpAddress source = internet().prober_address(Family::V4).value();
  std::uint32_t number = 0;
  std::size_t probes = 0;
  while (state.KeepRunningBatch(together)) {
    sim::SimTransport transport{*world};
    sim::VirtualWaiter waiter{*world};
    drive::Session session{transport, waiter, nullptr, [](const seam::Text&) { return true; }, {}};
    for (std::uint32_t i = 0; i < together; ++i, ++number) {
      engine::Settings settings = bench::settings(number);
      settings.head.source.address = source;
      settings.head.target.address = destination(number);
      for (std::uint32_t flow = 0; flow < 4; ++flow) {
        settings.source_ports[flow] = Port{static_cast<std::uint16_t>(20000 + 4 * i + flow)};
      }
      session.add(
          std::make_unique<engine::Engine>(std::move(settings), strategy::trace_path({}, 3)), {});
    }
    for (const model::Trace& trace : session.run().traces) {
      probes += trace.probes.size();
    }
  }
  state.SetItemsProcessed(number);
  state.counters["probes"] = static_cast<double>(probes) / number;
  state.counters["virtual_s"] = std::chrono::duration<double>(world->now().since_start()).count();
}
BENCHMARK(ten_thousand_traces)->Arg(1)->Arg(8)->Arg(50)->Iterations(10'000);

}  // namespace
