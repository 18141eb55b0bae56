// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/reset_suspicion.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using std::chrono::milliseconds;

/// The genuine answer is waited for this many RTTs of the reset, but within these bounds.
constexpr int kRttFactor = 4;
constexpr Duration kLeast = milliseconds{300};
constexpr Duration kMost = milliseconds{1500};

bool looks_forged(const model::ProbeRecord& record, int distance) {
  const model::Reply& reset = *record.reply();
  const bool returns_otherwise = reset.ttl && model::routers_passed(*reset.ttl) != distance - 1;
  return record.duplicates > 0 || reset.window != 0 || returns_otherwise;
}

}  // namespace

std::optional<Instant> suspected_until(const engine::Ledger& ledger, int distance) {
  std::optional<Instant> until;
  bool is_suspect = false;
  for (const model::ProbeRecord& record : ledger.records()) {
    const model::Reply* reply = record.reply();
    if (reply == nullptr || reply->kind != model::ReplyKind::Rst) {
      continue;
    }
    const Duration wait = std::clamp(kRttFactor * reply->rtt, kLeast, kMost);
    until = earliest(until, record.probe.sent + reply->rtt + wait);
    is_suspect = is_suspect || looks_forged(record, distance);
  }
  return is_suspect ? until : std::nullopt;
}

}  // namespace synroute::strategy
