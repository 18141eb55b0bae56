// SPDX-License-Identifier: Apache-2.0
#include "transport/send_queue.hpp"

#include <algorithm>
#include <utility>

namespace synroute::transport {
namespace {

constexpr Duration kShortestPause = std::chrono::microseconds{500};
constexpr Duration kLongestPause = std::chrono::milliseconds{64};
constexpr Duration kPatience = std::chrono::seconds{2};

}  // namespace

void SendQueue::send(std::span<const seam::Outgoing> batch, Instant now) {
  const auto rest = held_.empty() ? attempt(batch, now) : batch;
  held_.insert(held_.end(), rest.begin(), rest.end());
}

void SendQueue::retry(Instant now) {
  if (!retry_at_ || now < *retry_at_) {
    return;
  }
  const auto rest = attempt(held_, now);
  held_.erase(held_.begin(), held_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

std::span<const seam::Outgoing> SendQueue::attempt(
    std::span<const seam::Outgoing> packets, Instant now) {
  const std::size_t done = sender_(packets);
  if (done > 0) {
    full_since_.reset();
    pause_ /= 2;
  }
  const auto rest = packets.subspan(done);
  if (rest.empty()) {
    retry_at_.reset();
    return rest;
  }
  full_since_ = full_since_.value_or(now);
  pause_ = std::clamp(done > 0 ? pause_ : 2 * pause_, kShortestPause, kLongestPause);
  const auto quarter = static_cast<std::uint64_t>(pause_.count() / 4);
  const auto spread = static_cast<std::int64_t>(random_.next() % (2 * quarter));
  retry_at_ = now + pause_ - Duration{quarter} + Duration{spread};
  return rest;
}

std::vector<seam::Outgoing> SendQueue::take_given_up(Instant now) {
  if (!full_since_ || now - *full_since_ < kPatience) {
    return {};
  }
  full_since_.reset();
  retry_at_.reset();
  return std::exchange(held_, {});
}

}  // namespace synroute::transport
