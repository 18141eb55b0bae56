// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_rows.hpp"

#include <algorithm>

namespace synroute::strategy {

using model::ProbeRecord;
using model::ProbeRole;
using model::ReplyKind;

PathRows::PathRows(const TraceOptions& options)
    : options_{options}, farthest_{options.first_ttl - 1} {}

void PathRows::add(const ProbeRecord& record) {
  if (record.probe.role != ProbeRole::Hop) {
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
  barriers_.reset();
  for (const ProbeRecord& record : records) {
    if (record.probe.role == ProbeRole::Hop && record.is_settled()) {
      ++(*this)[record.probe.ttl.value()].settled;
      hear(record);
    }
  }
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
    farthest_ = std::max(farthest_, ttl);
  } else if (from_target) {
    distance_ = std::min(distance_.value_or(ttl), ttl);
  } else {
    barriers_.set(static_cast<std::size_t>(ttl));
  }
}

std::optional<int> PathRows::barrier() const {
  for (auto ttl = static_cast<std::size_t>(std::max(farthest_, 0)); ttl < barriers_.size(); ++ttl) {
    if (barriers_[ttl]) {
      return static_cast<int>(ttl);
    }
  }
  return std::nullopt;
}

bool PathRows::is_complete(int ttl) const {
  const PathRow& row = (*this)[ttl];
  return row.asked >= options_.queries && row.settled >= row.asked;
}

int PathRows::silent_until() const {
  int ttl = farthest_;
  while (ttl < options_.last_ttl && is_complete(ttl + 1) && !(*this)[ttl + 1].answered) {
    ++ttl;
  }
  return ttl;
}

int PathRows::reach(int round) const {
  const int ahead = std::max(round == 1 ? options_.ahead : options_.ahead - 2, 1);
  const int limit = std::min(options_.last_ttl, silent_until() + ahead);
  return end() ? std::min(limit, *end()) : limit;
}

}  // namespace synroute::strategy
