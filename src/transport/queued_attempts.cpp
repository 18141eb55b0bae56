// SPDX-License-Identifier: Apache-2.0
#include "transport/queued_attempts.hpp"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace synroute::transport {
namespace {

/// A question to the kernel takes about 50 µs.
constexpr Duration kCheckPause = std::chrono::milliseconds{20};
/// With more targets, those from which nothing has been heard are not asked about one by one.
constexpr std::size_t kJudgedMax = 64;
constexpr std::size_t kRemembered = 8192;

}  // namespace

const seam::NotSent* QueuedAttempts::refusal_of(const IpAddress& target) const {
  const auto found = refused_.find(target);
  return found != refused_.end() ? &found->second : nullptr;
}

bool QueuedAttempts::hold(const IpAddress& target, seam::Token token, Instant now) {
  if (settled_.contains(target) || hops_.of(target) == nullptr) {
    return false;
  }
  const auto [entry, is_first] = unheard_.try_emplace(target, Unheard{.since = now, .held = {}});
  Unheard& unheard = entry->second;
  const IpAddress& hop = hops_.of(target)->address;
  if (is_first && !known_hops_.contains(hop) && !hops_.is_asked_for(target)) {
    known_hops_.insert(hop);
  }
  const bool waits = is_first ? !known_hops_.contains(hop) : !unheard.held.empty();
  if (waits) {
    unheard.held.push_back({.token = token, .since = now});
  }
  return waits;
}

void QueuedAttempts::release(
    Unheard& unheard, std::optional<Instant> at, std::vector<seam::Incoming>& into) {
  for (const Held& held : unheard.held) {
    into.emplace_back(seam::Sent{held.token, at.value_or(held.since)});
  }
  unheard.held.clear();
}

void QueuedAttempts::answered(const IpAddress& target, std::vector<seam::Incoming>& into) {
  const auto found = unheard_.find(target);
  if (found == unheard_.end()) {
    return;
  }
  release(found->second, std::nullopt, into);
  unheard_.erase(found);
  settle(target);
}

void QueuedAttempts::settle(const IpAddress& target) {
  if (settled_.size() >= kRemembered) {
    settled_.clear();
  }
  settled_.insert(target);
}

void QueuedAttempts::give_up(const IpAddress& target, const model::MissingHop& missing) {
  seam::NotSent report{.token = 0, .why = model::Refusal::NoNeighbour};
  if (hops_.is_elsewhere(target, missing)) {
    report.missing_hop = missing;
  }
  refused_.insert_or_assign(target, report);
}

bool QueuedAttempts::is_due(const Unheard& unheard, Instant now) const {
  return !unheard.is_judged && now - unheard.since >= kNeighbourPatience;
}

bool QueuedAttempts::holds(const IpAddress& target) const {
  const auto found = unheard_.find(target);
  return found != unheard_.end() && !found->second.held.empty();
}

std::optional<model::MissingHop> QueuedAttempts::judge(
    const IpAddress& target, const Unheard& unheard) const {
  if (unheard.held.empty() && unheard_.size() > kJudgedMax) {
    return std::nullopt;
  }
  return hops_.find_asked(target, unheard.since);
}

QueuedAttempts::Change QueuedAttempts::check(Instant now, std::vector<seam::Incoming>& into) {
  Change change;
  if (unheard_.empty() || now < checked_ + kCheckPause) {
    return change;
  }
  checked_ = now;
  for (auto& [target, unheard] : unheard_) {
    if (!unheard.held.empty() && !hops_.is_asked_for(target)) {
      release(unheard, now, into);
      change.released.push_back(target);
    }
    if (is_due(unheard, now)) {
      unheard.is_judged = true;
      if (const auto hop = judge(target, unheard)) {
        give_up(target, *hop);
        change.missing.push_back(target);
      } else if (!unheard.held.empty()) {  // its next hop has answered since the question above
        release(unheard, now, into);
        change.released.push_back(target);
      }
    }
  }
  std::erase_if(unheard_, [this](const auto& entry) {
    if (entry.second.is_judged) {
      settle(entry.first);
    }
    return entry.second.is_judged;
  });
  return change;
}

std::optional<Instant> QueuedAttempts::deadline() const {
  std::optional<Instant> next;
  for (const Unheard& unheard : unheard_ | std::views::values) {
    if (!unheard.held.empty()) {
      return checked_ + kCheckPause;
    }
    if (!unheard.is_judged) {
      next = earliest(next, unheard.since + kNeighbourPatience);
    }
  }
  return next ? std::optional{std::max(*next, checked_ + kCheckPause)} : std::nullopt;
}

}  // namespace synroute::transport
