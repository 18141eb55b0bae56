// SPDX-License-Identifier: Apache-2.0
// Many targets in one session, in virtual time: what each costs must not depend on their number.
#include "drive/session.hpp"
#include "infer/infer.hpp"
#include "packets.hpp"
#include "present/json/json.hpp"
#include "sim/network/build.hpp"
#include "sim/network/sim_transport.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "strategy/path/trace_path.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <optional>
#include <utility>

namespace {

using namespace synroute;

const sim::Scenario& internet() {
  static const sim::Scenario scenario = *sim::parse_scenario(sim::internet_scenario(7));
  return scenario;
}

engine::Settings settings_of(std::uint32_t number) {
  engine::Settings settings = bench::settings(number);
  settings.head.source.address = internet().prober_address(Family::V4).value();
  settings.head.target.address = IpAddress::v4(0x0b000000U + number * 16'673U % (1U << 24));
  return settings;
}

/// Traces in a rolling window of 512 at 10,000 probes per second, with findings, written as JSON:
/// processor time per target, simulated internet included.
void targets_in_one_session(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  std::size_t probes = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto world = sim::build(internet());
    sim::SimTransport transport{*world};
    sim::VirtualWaiter waiter{*world};
    std::uint32_t next = 0;
    const auto source = [&]() -> std::optional<drive::NewLane> {
      if (next == count) {
        return std::nullopt;
      }
      drive::NewLane lane;
      lane.engine =
          std::make_unique<engine::Engine>(settings_of(next++), strategy::trace_path({}, 3));
      lane.presenters.push_back(
          std::make_unique<present::Json>(present::JsonOptions{.names = false}));
      return lane;
    };
    const auto sink = [&bytes](const seam::Text& text) {
      bytes += text.out.size();
      return true;
    };
    drive::Session session{
        transport,
        waiter,
        nullptr,
        sink,
        {.concurrent_max = 512,
         .rates = {.all = 10'000},
         .in_order = false,
         .source = source,
         .infer = infer::infer,
         .finished = [&probes](const model::Trace& trace) { probes += trace.probes.size(); }}};
    session.run();
  }
  state.SetItemsProcessed(state.iterations() * count);
  state.counters["per_target"] = benchmark::Counter(
      static_cast<double>(count),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["probes_per_s"] =
      benchmark::Counter(static_cast<double>(probes), benchmark::Counter::kIsRate);
  state.counters["bytes_per_target"] =
      static_cast<double>(bytes) / static_cast<double>(state.iterations() * count);
}
BENCHMARK(targets_in_one_session)
    ->RangeMultiplier(10)
    ->Range(10, 100'000)
    ->Unit(benchmark::kMillisecond);

/// The text of one trace; items are its probes.
void json_of_a_trace(benchmark::State& state) {
  const auto world = sim::build(internet());
  sim::SimTransport transport{*world};
  sim::VirtualWaiter waiter{*world};
  drive::Session session{transport, waiter, nullptr, [](const seam::Text&) { return true; }, {}};
  session.add(std::make_unique<engine::Engine>(settings_of(1), strategy::trace_path({}, 3)), {});
  const model::Trace trace = std::move(session.run().traces.front());
  const present::NameCache names;
  for (auto _ : state) {
    benchmark::DoNotOptimize(present::to_json(trace, names));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.probes.size()));
}
BENCHMARK(json_of_a_trace);

}  // namespace
