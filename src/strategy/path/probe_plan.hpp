// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/strategy.hpp"
#include "model/limits.hpp"
#include "strategy/path/path_knowledge.hpp"
#include "strategy/path/trace_options.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::strategy {

/// Decides which probe of a path trace is sent next, and knows what remains to be asked.
class ProbePlan {
 public:
  /// `known` must outlive it; the plan counts there what it asks of each TTL.
  ProbePlan(const TraceOptions& options, std::size_t sibling_flows, PathKnowledge& known);

  /// The most urgent probe at `now`; nothing while answers must come first, or unless `may_send`.
  [[nodiscard]] std::optional<engine::Ask> choose(
      Instant now, bool may_send, const engine::Ledger& ledger);
  /// The probe that choose() returned last was sent as this one.
  void note_asked(ProbeId id);
  /// When choose() may return something new without a further answer.
  [[nodiscard]] std::optional<Instant> deadline() const { return deadline_; }

  /// A hop before the target is silent: either a router that does not report, or the target, whose
  /// answer was lost or whose probe was overtaken, and which then answered a later probe. Only a
  /// probe that no other overlaps can tell.
  [[nodiscard]] bool wants_check() const { return estimate_in_doubt() || row_in_doubt(); }
  /// Probes with a flow each are needed to find the target, and there are such flows left.
  [[nodiscard]] bool wants_standby() const;
  /// A probe that reaches the target must still be sent on the path shown.
  [[nodiscard]] bool wants_direct_on_path() const;
  /// No probe that must be alone at the target is pending. Those sent before the target's first
  /// answer do not count: the RST that this host's kernel returned to that answer left after them
  /// and undoes them all.
  [[nodiscard]] bool is_quiet(const engine::Ledger& ledger) const;
  /// All that will be asked of the target has been asked, and is settled. The distance must be
  /// known.
  [[nodiscard]] bool target_row_is_complete(const engine::Ledger& ledger) const;

 private:
  using MaybeAsk = std::optional<engine::Ask>;

  void begin(Instant now, const engine::Ledger& ledger);
  [[nodiscard]] int directs_useful() const;

  // In order of urgency.
  [[nodiscard]] MaybeAsk ask_in_round(int round, Instant now, const engine::Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_directly();
  [[nodiscard]] MaybeAsk check_before_target(const engine::Ledger& ledger);
  [[nodiscard]] MaybeAsk sample_target(const engine::Ledger& ledger);
  [[nodiscard]] MaybeAsk confirm_reset(const engine::Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_directly_again(Instant now);
  [[nodiscard]] MaybeAsk ask_by_standby_flow();
  [[nodiscard]] MaybeAsk ask_directly_on_path();

  /// The last TTL that may be asked more than once. Behind the farthest answer that costs SYNs
  /// which reach the target if it is nearer.
  [[nodiscard]] int repeat_until(Instant now);
  [[nodiscard]] int repeat_in_tail(Instant now);
  [[nodiscard]] bool is_filled(int ttl, const engine::Ledger& ledger) const;
  /// Where the target seems to be, though it answered a larger TTL and nothing the TTLs between.
  [[nodiscard]] std::optional<int> estimate_in_doubt() const;
  /// The TTL before the target's, if silent.
  [[nodiscard]] std::optional<int> row_in_doubt() const;
  [[nodiscard]] engine::Ask make_hop_ask(int ttl, FlowId flow = FlowId{0});
  [[nodiscard]] engine::Ask make_direct_ask(FlowId flow);
  [[nodiscard]] bool wants_confirmation() const;
  [[nodiscard]] int count_target_samples(const engine::Ledger& ledger) const;
  [[nodiscard]] int standby_ttl() const;
  void wake_at(Instant due) { deadline_ = earliest(deadline_, due); }

  TraceOptions options_;
  PathKnowledge& known_;
  int directs_wanted_ = 0;
  std::vector<FlowId> standby_;  ///< flows kept for targets whose answers name no probe
  std::size_t standby_used_ = 0;
  int directs_asked_ = 0;
  bool asked_again_ = false;
  bool confirmed_ = false;
  std::bitset<model::kTtlMax + 1> checked_;  ///< TTLs asked by check_before_target()
  int estimate_checks_ = 0;
  std::vector<ProbeId> samples_;  ///< sent alone at the target, the latest last
  bool next_is_sample_ = false;   ///< of the probe that choose() returned last
  int samples_asked_ = 0;
  mutable std::optional<std::uint64_t> counted_at_;  ///< the revision of `samples_counted_`
  mutable int samples_counted_ = 0;
  std::optional<Instant> begun_;
  std::optional<Instant> deadline_;
};

}  // namespace synroute::strategy
