// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/recording.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace synroute::replay {

/// After so long without a probe, the next is of another trace.
inline constexpr Duration kTraceGap = std::chrono::seconds{30};
/// A trace with more probes than this is shown as several: the tables of an engine are bounded.
inline constexpr std::size_t kProbesPerTrace = 4096;
/// Further traces of one capture are counted and not shown.
inline constexpr std::size_t kTracesMax = 1000;

/// Whether a trace is wanted.
using Choice = std::function<bool(const Course&)>;

/// What a capture holds.
struct Found {
  std::vector<Recording> traces;  ///< in the order of their first probes
  std::size_t not_wanted = 0;     ///< traces
  std::size_t too_many = 0;       ///< traces beyond kTracesMax
  std::size_t connects = 0;       ///< SYNs with the TTL of ordinary connections
  std::size_t foreign = 0;        ///< IP packets that belong to no trace found
  std::size_t cut = 0;            ///< answers shorter than on the wire: used as far as they go
  std::size_t damaged = 0;        ///< answers with a wrong checksum: not used
};

/// Finds the traces: SYNs from one address to one port of another, sent with TTLs that run out.
///
/// A course is a trace when its lowest TTL is below 32 (no system in use begins lower) and there is
/// a second TTL, or the lowest is 1, or somebody reported one exceeded. The capture must have been
/// made where the probes left: elsewhere their TTLs have changed.
///
/// From the lowest TTL on, in steps of at most kTtlStep, SYNs are probes of hops; those above are
/// such as synroute, nmap or a plain connection send to the target itself.
[[nodiscard]] Found find_traces(const Capture& capture, const Choice& wanted);

/// TTLs of one trace leave no larger gap: some may be missing in the capture.
inline constexpr int kTtlStep = 5;

}  // namespace synroute::replay
