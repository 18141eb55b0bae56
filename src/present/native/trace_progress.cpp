// SPDX-License-Identifier: Apache-2.0
#include "present/native/trace_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace synroute::present {
namespace {

constexpr Duration kFirst = std::chrono::seconds{2};
constexpr Duration kEvery = std::chrono::seconds{1};

}  // namespace

void TraceProgress::start(int queries, Instant now) {
  queries_ = queries;
  started_ = now;
  next_ = now + kFirst;
}

/// A late answer settles a probe again.
void TraceProgress::count(const model::ProbeRecord& record) {
  settled_ += record.is_late() ? 0U : 1U;
}

void TraceProgress::tick(Instant now) {
  if (next_ && now >= *next_) {
    text_ = text_at(now);
    next_ = now + kEvery;
  }
}

std::string TraceProgress::text_at(Instant now) const {
  const double seconds = milliseconds(now - started_) / 1000;
  const std::uint64_t all =
      distance_ ? static_cast<std::uint64_t>(distance_->value()) * static_cast<unsigned>(queries_)
                : 0;
  if (settled_ == 0 || settled_ >= all) {
    return fmt::format("{} probes settled in {:.0f} s", settled_, seconds);
  }
  const double left = seconds * static_cast<double>(all - settled_) / static_cast<double>(settled_);
  return fmt::format(
      "{} of about {} probes settled, about {:.0f} s left", settled_, all, std::max(left, 1.0));
}

}  // namespace synroute::present
