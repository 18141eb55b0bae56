// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/strategy.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

namespace synroute::engine {

/// Knows when the strategy's patience for each waiting probe ends. Time runs from the sending: a
/// probe that the transport has not reported as sent does not expire.
class Expiry {
 public:
  /// Both must outlive it.
  Expiry(const Ledger& ledger, const Strategy& strategy) : ledger_{ledger}, strategy_{strategy} {}

  /// While no probe has been seen leaving this host, the next hop may still be asked for: each
  /// probe waits for at least as long as it takes to tell.
  void set_awaits_departure(bool awaits) { awaits_departure_ = awaits; }
  /// A probe that was just added to the ledger.
  void watch(ProbeId id) { watched_.push_back(id); }
  /// A probe that was reopened, perhaps before it was noticed that it had been settled.
  void watch_again(ProbeId id);
  /// An answer to this probe is held back: it does not expire until resume_all().
  void suspend(ProbeId id) { suspended_.insert(id); }
  void resume_all();
  /// The waiting probes whose time is up, in the order of watching. All are judged by what is known
  /// at the call, before any of them is lost, so that their order cannot matter.
  [[nodiscard]] std::vector<ProbeId> find_expired(Instant now);
  /// The lost probes that the present patience would still wait for.
  [[nodiscard]] std::vector<ProbeId> find_unexpired(Instant now) const;
  [[nodiscard]] std::optional<Instant> deadline() const;

 private:
  [[nodiscard]] bool can_expire(const model::ProbeRecord& record) const {
    return record.is_waiting() && record.probe.has_left && !suspended_.contains(record.probe.id);
  }
  [[nodiscard]] Instant deadline_of(const model::ProbeRecord& record) const {
    // The kernel repeats an ARP request or neighbour solicitation after 1.02 to 1.04 s; transports
    // judge after 1.25 s.
    constexpr Duration kDepartureAtLatest = std::chrono::milliseconds{1300};
    const Duration patience = strategy_.patience(record, ledger_);
    return record.probe.sent
           + (awaits_departure_ ? std::max(patience, kDepartureAtLatest) : patience);
  }
  void forget_settled();

  const Ledger& ledger_;
  const Strategy& strategy_;
  bool awaits_departure_ = false;
  std::unordered_set<ProbeId> suspended_;
  std::deque<ProbeId> watched_;  ///< in the order of sending; may hold settled ones
};

}  // namespace synroute::engine
