// SPDX-License-Identifier: Apache-2.0
#include "drive/waiting_lanes.hpp"

#include <algorithm>

namespace synroute::drive {

Lane* WaitingLanes::next(Instant now) {
  ready_at_.reset();
  if (pacer_.ready_at() > now) {
    ready_at_ = is_exhausted() ? std::nullopt : std::optional{pacer_.ready_at()};
    return nullptr;
  }
  if (Lane* lane = next_parked(now)) {
    return lane;
  }
  while (source_ && parked_.size() < kParkedMax && lanes_.size() < kHeldMax) {
    auto parts = source_();
    if (!parts) {
      source_ = nullptr;
      break;
    }
    Lane& lane = lanes_.add(std::move(*parts));
    if (may_start(lane, now)) {
      return &lane;
    }
    parked_.push_back(lane.number);
  }
  return nullptr;
}

Lane* WaitingLanes::next_parked(Instant now) {
  const auto found = std::ranges::find_if(
      parked_, [&](std::uint32_t number) { return may_start(*lanes_.find(number), now); });
  if (found == parked_.end()) {
    return nullptr;
  }
  Lane* lane = lanes_.find(*found);
  parked_.erase(found);
  return lane;
}

bool WaitingLanes::may_start(Lane& lane, Instant now) {
  if (lanes_.clashes(lane)) {
    return false;
  }
  const Instant ready = pacer_.ready_at(lane.engine().head().target.address);
  if (ready > now) {
    ready_at_ = earliest(ready_at_, ready);
  }
  return ready <= now;
}

void WaitingLanes::clear() {
  for (const std::uint32_t number : parked_) {
    lanes_.erase(*lanes_.find(number));
  }
  parked_.clear();
  source_ = nullptr;
}

}  // namespace synroute::drive
