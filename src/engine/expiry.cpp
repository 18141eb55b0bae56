// SPDX-License-Identifier: Apache-2.0
#include "engine/expiry.hpp"

#include <algorithm>

namespace synroute::engine {

void Expiry::watch_again(ProbeId id) {
  if (std::ranges::find(watched_, id) == watched_.end()) {
    watched_.push_back(id);
  }
}

void Expiry::resume_all() {
  watched_.insert(watched_.end(), suspended_.begin(), suspended_.end());
  suspended_.clear();
  std::ranges::sort(watched_);
  const auto repeated = std::ranges::unique(watched_);
  watched_.erase(repeated.begin(), repeated.end());
}

/// With uniform patience the oldest probe is due first, so the others need not be looked at: a scan
/// has tens of thousands waiting.
void Expiry::forget_settled() {
  const auto is_settled = [this](ProbeId id) {
    return ledger_.record(id).is_settled() || suspended_.contains(id);
  };
  if (!strategy_.has_uniform_patience()) {
    std::erase_if(watched_, is_settled);
    return;
  }
  while (!watched_.empty() && is_settled(watched_.front())) {
    watched_.pop_front();
  }
}

std::vector<ProbeId> Expiry::find_expired(Instant now) {
  forget_settled();
  std::vector<ProbeId> expired;
  for (const ProbeId id : watched_) {
    const model::ProbeRecord& record = ledger_.record(id);
    if (can_expire(record) && deadline_of(record) <= now) {
      expired.push_back(id);
    } else if (can_expire(record) && strategy_.has_uniform_patience()) {
      break;
    }
  }
  return expired;
}

std::vector<ProbeId> Expiry::find_unexpired(Instant now) const {
  std::vector<ProbeId> unexpired;
  for (const model::ProbeRecord& record : ledger_.records()) {
    if (record.is_lost() && deadline_of(record) > now) {
      unexpired.push_back(record.probe.id);
    }
  }
  return unexpired;
}

std::optional<Instant> Expiry::deadline() const {
  std::optional<Instant> next;
  for (const ProbeId id : watched_) {
    const model::ProbeRecord& record = ledger_.record(id);
    if (!can_expire(record)) {
      continue;
    }
    next = earliest(next, deadline_of(record));
    if (strategy_.has_uniform_patience()) {
      break;
    }
  }
  return next;
}

}  // namespace synroute::engine
