// SPDX-License-Identifier: Apache-2.0
#include "fuzz.hpp"
#include "model/hop.hpp"
#include "replay/capture_for_tests.hpp"

#include <algorithm>

using namespace synroute;

void fuzz(std::span<const std::uint8_t> input) {
  const auto capture = replay::Capture::read(input);
  if (!capture) {
    return;
  }
  const replay::FoundTraces found = replay::find_traces(*capture, {});
  require(found.traces.size() <= replay::kTracesMax);
  std::size_t probes = 0;
  for (const replay::RecordedTrace& trace : found.traces) {
    require(!trace.packets.empty() && trace.packets.front().is_probe);
    require(trace.probes <= replay::kProbesPerTrace);
    require(std::ranges::is_sorted(trace.packets, {}, &replay::RecordedPacket::at));
    probes += trace.probes;
  }
  const auto traces = replay::testing::replayed({input.begin(), input.end()});
  require(traces.size() == found.traces.size());
  for (const model::Trace& trace : traces) {
    require(model::hops(trace).size() <= 255);
    probes -= trace.probes.size();
  }
  require(probes == 0);
}
