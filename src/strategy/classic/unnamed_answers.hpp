// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"

#include <optional>

namespace synroute::strategy {

/// Answers of the target that name no probe, and the largest round trip they can have: each belongs
/// to one of the probes with TTLs beyond the last router.
class UnnamedAnswers {
 public:
  void hear(Instant received) { first_heard_ = earliest(first_heard_, received); }
  /// Looks for the probes that the first answer may belong to. True when there are some and it had
  /// not been looked before.
  bool estimate(const engine::Ledger& ledger, int farthest);
  [[nodiscard]] std::optional<Duration> round_trip() const { return round_trip_; }
  /// How long a probe to the target is waited for; nothing without an estimate.
  [[nodiscard]] std::optional<Duration> patience() const;

 private:
  std::optional<Instant> first_heard_;
  std::optional<Duration> round_trip_;  ///< at most
};

}  // namespace synroute::strategy
