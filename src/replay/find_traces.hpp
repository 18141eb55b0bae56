// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/data_probes.hpp"
#include "replay/recorded_trace.hpp"
#include "replay/trace_index.hpp"

#include <cstddef>
#include <vector>

namespace synroute::replay {

/// The traces of a capture, and counts of what is not part of them.
struct FoundTraces {
  std::vector<RecordedTrace> traces;  ///< in the order of their first probes
  std::size_t excluded = 0;           ///< traces the filter rejects
  std::size_t over_limit = 0;         ///< traces beyond kTracesMax
  std::size_t connection_syns = 0;    ///< SYNs of ordinary connections
  std::size_t ttl_zero = 0;           ///< SYNs with TTL 0: no router sends one on
  std::size_t unrelated = 0;          ///< IP packets that belong to no trace
  std::size_t truncated = 0;          ///< answers shorter than on the wire: used as far as possible
  std::size_t bad_checksum = 0;       ///< answers with a wrong checksum: not used
  std::vector<ExpiredData> expired_data;
};

/// Finds the traces of a capture: SYNs from one address to one port of another with TTLs that
/// expire.
///
/// SYNs with the same key (source, target, port) form a trace when their lowest TTL is below 32,
/// the smallest initial TTL in use, and they have a second TTL, or the lowest is 1, or a router
/// reported one as exceeded. SYNs with small TTLs that began connections in use (data sent, or
/// completed and left open) are no probes, and neither are those of BGP with TTL 1 alone. SYNs of
/// several tools (other options or length, or flows from other ports) form a trace each. The
/// capture must have been made on the host that sent the probes:
/// elsewhere their TTLs are already decremented.
///
/// SYNs from the lowest TTL upwards, in steps of at most kTtlStepMax, are probes of hops. Those
/// with larger TTLs went to the target itself, as synroute, nmap and ordinary connections send
/// them.
[[nodiscard]] FoundTraces find_traces(const Capture& capture, const TraceFilter& wanted);

}  // namespace synroute::replay
