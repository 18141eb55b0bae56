// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/probe_record.hpp"
#include "strategy/path/trace_options.hpp"

#include <array>
#include <optional>
#include <span>

namespace synroute::strategy {

/// What has been asked and heard at one TTL on the path.
struct PathRow {
  int asked = 0;
  int settled = 0;
  bool answered = false;  ///< by anyone
  bool announced = false;
  bool checked = false;  ///< asked once more while nothing else was pending at the target
  Instant last_asked;
};

/// The path as far as it is known, TTL by TTL, and where it ends.
class PathRows {
 public:
  explicit PathRows(const TraceOptions& options);

  [[nodiscard]] PathRow& operator[](int ttl) { return rows_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] const PathRow& operator[](int ttl) const {
    return rows_[static_cast<std::size_t>(ttl)];
  }

  /// A probe was answered (perhaps late), given up or refused.
  void add(const model::ProbeRecord& record);
  /// Learns all answers anew: some of them are not believed any more.
  void relearn(std::span<const model::ProbeRecord> records);

  /// The largest TTL that expired at a router.
  [[nodiscard]] int farthest() const { return farthest_; }
  /// The smallest TTL the target answered.
  [[nodiscard]] std::optional<int> distance() const { return distance_; }
  /// The smallest TTL somebody else called unreachable.
  [[nodiscard]] std::optional<int> barrier() const { return barrier_; }
  [[nodiscard]] std::optional<int> end() const { return distance_ ? distance_ : barrier_; }
  /// All that will be asked at this TTL has been, and is settled.
  [[nodiscard]] bool is_complete(int ttl) const;
  /// The last TTL of the run of wholly silent rows behind the farthest answer.
  [[nodiscard]] int silent_until() const;
  /// How far a round may go: never beyond a known end, and a bounded number ahead of the farthest
  /// answer.
  [[nodiscard]] int reach(int round) const;

 private:
  void hear(const model::ProbeRecord& record);

  static constexpr int kTtlEnd = 256;

  TraceOptions options_;
  std::array<PathRow, kTtlEnd> rows_{};
  int farthest_;
  std::optional<int> distance_;
  std::optional<int> barrier_;
};

}  // namespace synroute::strategy
