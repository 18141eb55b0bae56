// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/unnamed_answers.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

/// How much longer than its largest possible round trip a probe is waited for.
constexpr Duration kShortestExtraWait = std::chrono::milliseconds{200};

}  // namespace

bool UnnamedAnswers::estimate(const engine::Ledger& ledger, int farthest) {
  if (!first_heard_ || round_trip_) {
    return false;
  }
  Instant first = *first_heard_;
  for (const model::ProbeRecord& record : ledger.records()) {
    const model::Probe& probe = record.probe;
    const bool is_candidate = probe.role == model::ProbeRole::Hop && record.reply() == nullptr
                              && probe.has_left && probe.ttl.value() > farthest;
    if (is_candidate) {
      first = std::min(first, probe.sent);
    }
  }
  round_trip_ = *first_heard_ - first;
  return true;
}

std::optional<Duration> UnnamedAnswers::patience() const {
  return round_trip_ ? std::optional{std::max(3 * *round_trip_, *round_trip_ + kShortestExtraWait)}
                     : std::nullopt;
}

}  // namespace synroute::strategy
