// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/patience.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

Duration scaled(Duration rtt, double factor) {
  return Duration{static_cast<Duration::rep>(static_cast<double>(rtt.count()) * factor)};
}

Duration judged_by(const WaitRule& rule, Duration rtt, double factor) {
  return std::min(std::max(scaled(rtt, factor), rtt + rule.floor), rule.max);
}

Duration in_silence(const WaitRule& rule, const RttBook& book) {
  return std::min(rule.silence + 3 * book.largest(), rule.max);
}

}  // namespace

void RttBook::add(const model::ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  if (reply == nullptr) {
    return;
  }
  largest_ = std::max(largest_, reply->rtt);
  if (record.probe.role == model::ProbeRole::Hop) {
    auto& slot = by_ttl_[record.probe.ttl.value()];
    slot = std::max(slot.value_or(Duration{}), reply->rtt);
    farthest_ = std::max<std::size_t>(farthest_, record.probe.ttl.value());
  }
  if (reply->is_tcp()) {
    target_ = std::max(target_.value_or(Duration{}), reply->rtt);
  }
}

std::optional<Duration> RttBook::here(Ttl ttl) const {
  return by_ttl_[ttl.value()];
}

std::optional<Duration> RttBook::later(Ttl ttl) const {
  for (std::size_t at = ttl.value() + std::size_t{1}; at <= farthest_; ++at) {
    if (by_ttl_[at]) {
      return by_ttl_[at];
    }
  }
  return target_;
}

Duration patience(const WaitRule& rule, const RttBook& book, Ttl ttl) {
  if (const auto here = book.here(ttl); here && rule.here > 0) {
    return judged_by(rule, *here, rule.here);
  }
  if (const auto later = book.later(ttl); later && rule.near > 0) {
    return judged_by(rule, *later, rule.near);
  }
  return rule.near > 0 ? in_silence(rule, book) : rule.max;
}

Duration target_patience(const WaitRule& rule, const RttBook& book, bool barred) {
  const auto target = book.target() || !barred ? book.target() : book.largest();
  if (target && rule.here > 0) {
    return judged_by(rule, *target, rule.here);
  }
  return rule.here > 0 ? in_silence(rule, book) : rule.max;
}

}  // namespace synroute::strategy
