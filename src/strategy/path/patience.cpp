// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/patience.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using model::WaitRule;
using std::chrono::milliseconds;

/// A hop that has answered answers its other probes within this time.
constexpr Duration kMargin = milliseconds{60};
/// A router in front of an answer is waited for at least as long after its probe was sent: on a
/// fast path that is cheap, and some routers always need 100 ms.
constexpr Duration kReportLeast = milliseconds{118};
/// Nineteen routers in twenty make an ICMP error within this time after a packet would be back.
/// Where one was slower than the rest, others may be: they get this many times what it took, up to
/// a limit. On 1,000 simulated paths that misses as many hops (1.55 %) as 125 ms for all would
/// (1.57 %), and a path of quick routers does not wait.
constexpr Duration kReportMargin = milliseconds{60};
constexpr double kSlownessFactor = 6;
constexpr Duration kSlownessMost = milliseconds{200};
/// Nothing beyond has answered: a satellite link takes 0.6 s, two of them 1.3 s.
constexpr Duration kSilence = milliseconds{1350};
constexpr Duration kSilenceMargin = milliseconds{200};
/// HERE and NEAR never ask for less than this beyond the RTT they are based on.
constexpr Duration kFactorMargin = milliseconds{200};
/// A router reports the target unreachable: the target may still answer other connections.
constexpr double kBarredFactor = 3;

Duration scaled(Duration rtt, double factor) {
  return Duration{static_cast<Duration::rep>(static_cast<double>(rtt.count()) * factor)};
}

Duration after_answer(const RttRange& here) {
  const Duration spread = here.most - here.least;
  return here.most + std::max({kMargin, 2 * spread, here.most / 4});
}

Duration in_silence(const RttBook& book) {
  return std::max(kSilence, scaled(book.largest(), 1.5) + kSilenceMargin);
}

Duration learnt(const RttBook& book, Ttl ttl) {
  if (const auto& here = book.here(ttl)) {
    return after_answer(*here);
  }
  if (const auto& beyond = book.fastest_beyond(ttl)) {
    const Duration slow = book.largest_delay();
    const Duration report = kReportMargin + std::min(scaled(slow, kSlownessFactor), kSlownessMost);
    return std::max(kReportLeast, *beyond + std::max({report, *beyond / 4, scaled(slow, 1.5)}));
  }
  return in_silence(book);
}

Duration multiple_of(Duration rtt, double factor) {
  return std::max(scaled(rtt, factor), rtt + kFactorMargin);
}

Duration stated(const WaitRule& rule, const RttBook& book, Ttl ttl) {
  if (const auto& here = book.here(ttl); here && rule.factors->here > 0) {
    return multiple_of(here->most, rule.factors->here);
  }
  if (const auto beyond = book.nearest_beyond(ttl); beyond && rule.factors->near > 0) {
    return multiple_of(*beyond, rule.factors->near);
  }
  return rule.max;
}

void widen(std::optional<RttRange>& range, Duration rtt) {
  range = range ? RttRange{std::min(range->least, rtt), std::max(range->most, rtt)}
                : RttRange{rtt, rtt};
}

std::optional<Duration> smaller(std::optional<Duration> left, std::optional<RttRange> right) {
  return right ? std::min(left.value_or(right->least), right->least) : left;
}

}  // namespace

void RttBook::add(const model::ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  if (reply == nullptr) {
    return;
  }
  if (reply->kind != model::ReplyKind::Unreachable) {
    largest_ = std::max(largest_, reply->rtt);
  }
  if (reply->is_tcp()) {
    widen(target_, reply->rtt);
  } else if (record.probe.role == model::ProbeRole::Hop) {
    widen(by_ttl_[record.probe.ttl.value()], reply->rtt);
    farthest_ = std::max<std::size_t>(farthest_, record.probe.ttl.value());
  }
  compare_hops();
}

void RttBook::compare_hops() {
  std::optional<Duration> fastest = smaller(std::nullopt, target_);
  largest_delay_ = {};
  for (std::size_t ttl = by_ttl_.size(); ttl-- > 0;) {
    beyond_[ttl] = fastest;
    if (const auto& here = by_ttl_[ttl]) {
      fastest = smaller(fastest, here);
      largest_delay_ = std::max(largest_delay_, here->most - *fastest);
    }
  }
}

std::optional<Duration> RttBook::nearest_beyond(Ttl ttl) const {
  for (std::size_t at = ttl.value() + std::size_t{1}; at <= farthest_; ++at) {
    if (by_ttl_[at]) {
      return by_ttl_[at]->most;
    }
  }
  return target_ ? std::optional{target_->most} : std::nullopt;
}

Duration patience(const WaitRule& rule, const RttBook& book, Ttl ttl) {
  return std::min(rule.max, rule.factors ? stated(rule, book, ttl) : learnt(book, ttl));
}

Duration target_patience(const WaitRule& rule, const RttBook& book, bool barred) {
  const auto known = book.target() || !barred ? book.target() : RttRange{{}, book.largest()};
  if (!known) {
    return std::min(rule.max, rule.factors ? rule.max : in_silence(book));
  }
  if (!rule.factors) {
    return std::min(
        rule.max, barred ? multiple_of(known->most, kBarredFactor) : after_answer(*known));
  }
  const double factor = rule.factors->here;
  return std::min(rule.max, factor > 0 ? multiple_of(known->most, factor) : rule.max);
}

}  // namespace synroute::strategy
