// SPDX-License-Identifier: Apache-2.0
#include "packets.hpp"
#include "strategy/path/trace_path.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace {

using namespace synroute;

/// A path of 5 ms a hop in virtual time: a whole trace costs only what the engine itself needs.
class VirtualPath {
 public:
  explicit VirtualPath(std::uint64_t seed)
      : engine_{bench::settings(seed), strategy::trace_path({}, 3)} {}

  /// Probes sent until the trace was finished.
  std::int64_t run() {
    engine_.advance(now_);
    drain();
    while (!engine_.finished()) {
      step();
    }
    return probes_;
  }

 private:
  /// Everything the engine wants, and the word to it that each probe has left.
  void drain() {
    std::vector<ProbeId> left;
    do {
      for (const ProbeId id : std::exchange(left, {})) {
        engine_.sent(id, now_);
      }
      while (auto output = engine_.poll()) {
        if (const auto* probe = std::get_if<engine::SendProbe>(&*output)) {
          launch(probe->datagram);
          left.push_back(probe->id);
        }
      }
    } while (!left.empty());
  }

  void launch(const wire::Datagram& probe) {
    ++probes_;
    const int hops = std::min<int>(probe.ip.ttl.value(), bench::kDistance);
    answers_.emplace(now_ + hops * std::chrono::milliseconds{5}, bench::answer_to(probe));
  }

  /// To the next answer or deadline, whichever comes first; answers win.
  void step() {
    const auto deadline = engine_.deadline();
    if (!answers_.empty() && (!deadline || answers_.begin()->first <= *deadline)) {
      const auto [at, packet] = *answers_.begin();
      answers_.erase(answers_.begin());
      now_ = std::max(now_, at);
      if (const auto datagram = wire::dissect(packet)) {
        engine_.handle(*datagram, at);
      }
    } else {
      now_ = std::max(now_, deadline.value());
    }
    drain();
    engine_.advance(now_);
    drain();
  }

  engine::Engine engine_;
  std::multimap<Instant, bench::Bytes> answers_;
  Instant now_;
  std::int64_t probes_ = 0;
};

/// Thirteen hops, three probes each, answers written and read as bytes.
void whole_trace(benchmark::State& state) {
  std::int64_t probes = 0;
  std::uint64_t seed = 1;
  for (auto _ : state) {
    probes += VirtualPath{seed++}.run();
  }
  state.SetItemsProcessed(probes);
  state.counters["probes"] =
      benchmark::Counter(static_cast<double>(probes), benchmark::Counter::kAvgIterations);
}
BENCHMARK(whole_trace);

}  // namespace
