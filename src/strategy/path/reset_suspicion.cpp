// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/reset_suspicion.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using std::chrono::milliseconds;

/// The genuine answer is listened for this many times as long as the reset took.
constexpr int kTimes = 4;
constexpr Duration kLeast = milliseconds{300};
constexpr Duration kMost = milliseconds{1500};

bool looks_forged(const model::ProbeRecord& record, int distance) {
  const model::Reply& reset = *record.reply();
  const bool other_way = reset.ttl && model::routers_passed(*reset.ttl) != distance - 1;
  return record.duplicates > 0 || reset.window != 0 || other_way;
}

}  // namespace

std::optional<Instant> doubted_until(const engine::Ledger& ledger, int distance) {
  std::optional<Instant> until;
  bool is_odd = false;
  for (const model::ProbeRecord& record : ledger.records()) {
    const model::Reply* reply = record.reply();
    if (reply == nullptr || reply->kind != model::ReplyKind::Rst) {
      continue;
    }
    const Instant heard_out =
        record.probe.sent + reply->rtt + std::clamp(kTimes * reply->rtt, kLeast, kMost);
    until = std::min(until.value_or(heard_out), heard_out);
    is_odd = is_odd || looks_forged(record, distance);
  }
  return is_odd ? until : std::nullopt;
}

}  // namespace synroute::strategy
