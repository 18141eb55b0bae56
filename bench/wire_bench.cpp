// SPDX-License-Identifier: Apache-2.0
#include "packets.hpp"
#include "wire/checksum.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace synroute;

void checksum(benchmark::State& state) {
  const bench::Bytes bytes(static_cast<std::size_t>(state.range(0)), 0x5a);
  for (auto _ : state) {
    benchmark::DoNotOptimize(wire::checksum(bytes));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(checksum)->Arg(60)->Arg(1500);

void write_probe(benchmark::State& state) {
  const wire::Datagram probe = bench::probe();
  for (auto _ : state) {
    benchmark::DoNotOptimize(wire::bytes(probe));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_probe);

void read(benchmark::State& state, int ttl) {
  wire::Datagram probe = bench::probe();
  probe.ip.ttl = Ttl{static_cast<std::uint8_t>(ttl)};
  const bench::Bytes packet = bench::answer_to(probe);
  for (auto _ : state) {
    benchmark::DoNotOptimize(wire::dissect(packet));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(read, time_exceeded, 7);
BENCHMARK_CAPTURE(read, syn_ack, bench::kDistance);

}  // namespace
