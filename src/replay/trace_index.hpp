// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/data_probes.hpp"
#include "replay/recorded_trace.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace synroute::replay {

/// A pause this long between two probes of the same key starts another trace.
inline constexpr Duration kTraceGap = std::chrono::seconds{30};
/// A trace with more probes is split: the tables of an engine are bounded.
inline constexpr std::size_t kProbesPerTrace = 4096;
/// Further traces of one capture are counted but not shown.
inline constexpr std::size_t kTracesMax = 1000;
/// The largest step between two TTLs of one trace. Captures may lack some probes.
inline constexpr int kTtlStepMax = 5;

/// Whether the traces of a key are wanted; all are when empty.
using TraceFilter = std::function<bool(const TraceKey&)>;

/// The times and TTLs of the probes of one trace.
struct TraceSpan {
  TraceKey key;
  WallTime first;  ///< its first probe
  WallTime last;   ///< its last probe
  WallTime until;  ///< the latest time of an answer
  int lowest_ttl = 1;
  int highest_ttl = 1;  ///< of the probes of hops; SYNs with larger TTLs go to the target itself
  /// The source ports of its probes where another trace of the key runs at the same time; else
  /// empty.
  std::set<Port> ports;
};

/// All traces of a capture, without their packets. See find_traces() for what counts as a trace.
class TraceIndex {
 public:
  TraceIndex(const Capture& capture, const TraceFilter& wanted);

  [[nodiscard]] const std::vector<TraceSpan>& spans() const { return spans_; }
  [[nodiscard]] std::size_t excluded() const { return excluded_; }
  [[nodiscard]] std::size_t over_limit() const { return over_limit_; }
  [[nodiscard]] std::size_t connection_syns() const { return connection_syns_; }

  [[nodiscard]] const std::vector<ExpiredData>& expired_data() const { return expired_data_; }

  /// Whether the capture has any SYN of this key, part of a trace or not.
  [[nodiscard]] bool has_syn(const TraceKey& key) const { return syn_keys_.contains(key); }
  /// The traces of this key at this time that a packet with this port of the prober can belong to,
  /// as indexes of spans(); several when no trace used the port.
  [[nodiscard]] std::vector<std::size_t> at(const TraceKey& key, Port port, WallTime when) const;
  /// The traces of this source at this time, as indexes of spans().
  [[nodiscard]] std::vector<std::size_t> of(const IpAddress& source, WallTime when) const;

 private:
  [[nodiscard]] std::vector<std::size_t> covering(
      const std::vector<std::size_t>& spans_of_key, WallTime when) const;

  std::vector<TraceSpan> spans_;
  std::map<TraceKey, std::vector<std::size_t>> by_key_;  ///< in the order of time
  std::set<TraceKey> syn_keys_;
  std::size_t excluded_ = 0;
  std::size_t over_limit_ = 0;
  std::size_t connection_syns_ = 0;
  std::vector<ExpiredData> expired_data_;
};

}  // namespace synroute::replay
