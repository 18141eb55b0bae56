// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/limits.hpp"
#include "model/probe_record.hpp"
#include "strategy/path/trace_options.hpp"

#include <array>
#include <bitset>
#include <optional>
#include <span>

namespace synroute::strategy {

/// Probes on the path with one TTL.
struct PathRow {
  int asked = 0;
  int settled = 0;
  bool answered = false;  ///< by any host
  Instant first_asked;
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
  /// A probe that was given up waits again.
  void wait_again(const model::ProbeRecord& record);
  /// Discards what was settled and adds it anew: some answers are no longer believed.
  void relearn(std::span<const model::ProbeRecord> records);

  /// The largest TTL that expired at a router.
  [[nodiscard]] int farthest() const { return farthest_; }
  /// The smallest TTL the target answered.
  [[nodiscard]] std::optional<int> distance() const { return distance_; }
  /// The smallest TTL at which a host other than the target reported it unreachable.
  /// Routers that reported from beyond disprove such a report.
  [[nodiscard]] std::optional<int> barrier() const;
  /// Where the path ends: at the target, else at the barrier.
  [[nodiscard]] std::optional<int> end() const { return distance_ ? distance_ : barrier(); }
  /// How far the target seems to be away by the TTL that was left of an answer to a probe with a
  /// full TTL. Nothing is concluded from it: the way back may have another length.
  [[nodiscard]] std::optional<int> estimate() const { return estimate_; }
  /// The target seems to be nearer than the farthest TTLs, and the probe that would prove it is
  /// still on its way: what goes beyond can wait.
  [[nodiscard]] bool awaits_estimated() const;
  /// How many of the rows behind the farthest answer get all queries while nothing is known of what
  /// follows: the others get one. All those probes may reach a silent target.
  [[nodiscard]] int repeated_in_tail() const;
  /// All that will be asked at this TTL has been, and is settled.
  [[nodiscard]] bool is_complete(int ttl) const;
  /// The last TTL of the complete rows without any answer that follow the farthest answer; that
  /// TTL itself when there are none.
  [[nodiscard]] int silent_until() const;
  /// The last TTL that may be asked for the first time: never beyond a known end, and a bounded
  /// number ahead of the farthest answer. The gap limit ends paths only to a target that was not
  /// heard.
  [[nodiscard]] int reach(bool target_is_heard) const;
  /// When the farthest answer came.
  [[nodiscard]] Instant progressed() const { return progressed_; }

 private:
  void hear(const model::ProbeRecord& record);
  void hear_directly(const model::ProbeRecord& record);
  [[nodiscard]] int first_reach() const;
  [[nodiscard]] bool is_asked_once(int ttl) const;

  TraceOptions options_;
  std::array<PathRow, model::kTtlMax + 1> rows_{};
  int farthest_;
  Instant progressed_;
  std::optional<int> distance_;
  std::optional<int> estimate_;
  std::bitset<model::kTtlMax + 1> barriers_;  ///< TTLs with such a report
};

}  // namespace synroute::strategy
