// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/strategy.hpp"
#include "model/limits.hpp"
#include "strategy/path/path_knowledge.hpp"
#include "strategy/path/probe_plan.hpp"
#include "strategy/path/trace_options.hpp"

#include <bitset>
#include <optional>

namespace synroute::strategy {

/// Decides what may be reported of a path trace, and when: nothing that a later answer could
/// change.
class PathReport {
 public:
  /// `known` and `plan` must outlive it.
  PathReport(const TraceOptions& options, const PathKnowledge& known, const ProbePlan& plan)
      : options_{options}, known_{known}, plan_{plan} {}

  /// The next announcement (distance, row) that has become certain; each is made once, but a
  /// distance again when it has changed.
  [[nodiscard]] std::optional<engine::Move> announce(Instant now, const engine::Ledger& ledger);
  /// Why the trace is over; nothing while it is not. Complete rows must have been announced.
  [[nodiscard]] std::optional<model::StopReason> stop_reason(
      Instant now, const engine::Ledger& ledger) const;
  /// The trace would be over, but a router may still report that the target is down.
  [[nodiscard]] bool wants_host_report(Instant now, const engine::Ledger& ledger) const;
  [[nodiscard]] model::Verdict verdict(model::StopReason stop, const engine::Ledger& ledger) const;
  /// When announce() may return something new without a further answer.
  [[nodiscard]] std::optional<Instant> deadline() const { return deadline_; }

 private:
  [[nodiscard]] std::optional<engine::Move> announce_row(
      Instant now, const engine::Ledger& ledger, bool suspects_resets);
  [[nodiscard]] std::optional<engine::Move> announce_silence(
      Instant now, const engine::Ledger& ledger);
  [[nodiscard]] std::optional<Instant> suspicion_end(
      Instant now, const engine::Ledger& ledger) const;
  [[nodiscard]] bool may_announce_target(
      bool all_before, bool suspects_resets, const engine::Ledger& ledger) const;
  [[nodiscard]] std::optional<model::StopReason> reason_to_give_up(
      Instant now, const engine::Ledger& ledger) const;
  [[nodiscard]] std::optional<model::StopReason> end_without_target(
      const engine::Ledger& ledger) const;
  [[nodiscard]] bool is_announced(int ttl) const {
    return announced_[static_cast<std::size_t>(ttl)];
  }

  TraceOptions options_;
  const PathKnowledge& known_;
  const ProbePlan& plan_;
  std::optional<int> announced_distance_;
  std::optional<int> announced_silence_beyond_;  ///< the farthest answering TTL at that time
  std::bitset<model::kTtlMax + 1> announced_;    ///< rows, by TTL
  std::optional<Instant> deadline_;
};

}  // namespace synroute::strategy
