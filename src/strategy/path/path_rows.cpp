// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_rows.hpp"

#include <algorithm>

namespace synroute::strategy {

using model::ProbeRecord;
using model::ProbeRole;
using model::ReplyKind;

namespace {

/// Operating systems send answers with one of these TTLs. 32 is left out: it is rare, and 30 left
/// of 64 are more likely.
constexpr std::array kInitialTtls{64, 128, 255};

/// Probes behind the farthest answer for each query of a row, Direct ones included: 24 with three
/// queries. All of them may reach a target that does not answer.
constexpr int kTailPerQuery = 8;
constexpr int kTailLeast = 24;

}  // namespace

PathRows::PathRows(const TraceOptions& options)
    : options_{options}, farthest_{options.first_ttl - 1} {}

void PathRows::add(const ProbeRecord& record) {
  if (record.probe.role != ProbeRole::Hop) {
    hear_directly(record);
    return;
  }
  if (!record.is_late()) {  // a late one was settled when it was given up
    ++(*this)[record.probe.ttl.value()].settled;
  }
  hear(record);
}

void PathRows::wait_again(const ProbeRecord& record) {
  if (record.probe.role == ProbeRole::Hop) {
    --(*this)[record.probe.ttl.value()].settled;
  }
}

void PathRows::relearn(std::span<const ProbeRecord> records) {
  for (PathRow& row : rows_) {
    row.settled = 0;
    row.answered = false;
  }
  farthest_ = options_.first_ttl - 1;
  distance_.reset();
  estimate_.reset();
  barriers_.reset();
  for (const ProbeRecord& record : records) {
    hear_directly(record);
    if (record.probe.role == ProbeRole::Hop && record.is_settled()) {
      ++(*this)[record.probe.ttl.value()].settled;
      hear(record);
    }
  }
}

void PathRows::hear_directly(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  if (record.probe.role != ProbeRole::Direct || reply == nullptr || !reply->is_tcp()
      || !reply->ttl) {
    return;
  }
  const int left = reply->ttl->value();
  estimate_ =
      *std::ranges::find_if(kInitialTtls, [left](int each) { return each >= left; }) - left + 1;
}

void PathRows::hear(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  if (reply == nullptr) {
    return;
  }
  const int ttl = record.probe.ttl.value();
  (*this)[ttl].answered = true;
  if (record.is_contradictory()) {
    return;  // it cannot have expired and arrived: other probes must tell
  }
  const bool from_target =
      reply->is_tcp()
      || (reply->kind == ReplyKind::Unreachable && reply->from == record.probe.target);
  if (reply->kind == ReplyKind::TimeExceeded) {
    progressed_ = ttl > farthest_ ? reply->received : progressed_;
    farthest_ = std::max(farthest_, ttl);
  } else if (from_target) {
    distance_ = std::min(distance_.value_or(ttl), ttl);
  } else {
    barriers_.set(static_cast<std::size_t>(ttl));
  }
}

std::optional<int> PathRows::barrier() const {
  if (barriers_.none()) {
    return std::nullopt;
  }
  for (auto ttl = static_cast<std::size_t>(std::max(farthest_, 0)); ttl < barriers_.size(); ++ttl) {
    if (barriers_[ttl]) {
      return static_cast<int>(ttl);
    }
  }
  return std::nullopt;
}

bool PathRows::is_complete(int ttl) const {
  const PathRow& row = (*this)[ttl];
  const bool is_asked = row.asked >= options_.queries || (row.asked > 0 && is_asked_once(ttl));
  return is_asked && row.settled >= row.asked;
}

/// It is far behind the farthest answer, and not in front of where the target seems to be.
bool PathRows::is_asked_once(int ttl) const {
  return ttl > farthest_ + repeated_in_tail() && !end() && ttl >= estimate_.value_or(0);
}

bool PathRows::awaits_estimated() const {
  return estimate_ && !end() && farthest_ < *estimate_ && *estimate_ >= options_.first_ttl
         && (*this)[*estimate_].settled == 0;
}

int PathRows::repeated_in_tail() const {
  if (options_.queries == 1 || options_.announce_silence) {
    return options_.last_ttl;
  }
  const int directs = options_.queries;  // those on flows of their own and the one sent again
  const int most = std::max(kTailPerQuery * options_.queries, kTailLeast) - directs;
  const int once = std::max(first_reach() - farthest_, std::min(options_.ahead, kAheadOfAnswers));
  return std::clamp((most - once) / (options_.queries - 1), 1, kAheadOfAnswers);
}

int PathRows::silent_until() const {
  int ttl = farthest_;
  while (ttl < options_.last_ttl && is_complete(ttl + 1) && !(*this)[ttl + 1].answered) {
    ++ttl;
  }
  return ttl;
}

int PathRows::first_reach() const {
  return options_.alone ? 0 : options_.first_ttl - 1 + options_.ahead;
}

int PathRows::reach(bool target_is_heard) const {
  if (end()) {
    return std::min(options_.last_ttl, *end());
  }
  const int ahead = silent_until() + std::min(options_.ahead, kAheadOfAnswers);
  const int useful = target_is_heard ? ahead : std::min(ahead, farthest_ + options_.gap_limit);
  const int held = awaits_estimated() ? *estimate_ + 1 : options_.last_ttl;
  return std::min({options_.last_ttl, std::max(first_reach(), useful), held});
}

}  // namespace synroute::strategy
