// SPDX-License-Identifier: Apache-2.0
#include "drive/lane_table.hpp"

#include <algorithm>
#include <utility>

namespace synroute::drive {

Lane& LaneTable::add(NewLane parts) {
  const std::uint32_t number = next_number_++;
  Lane lane;
  lane.number = number;
  lane.parts = std::move(parts);
  return lanes_.emplace(number, std::move(lane)).first->second;
}

Lane* LaneTable::find(std::uint32_t number) {
  const auto found = lanes_.find(number);
  return found != lanes_.end() ? &found->second : nullptr;
}

bool LaneTable::is_over(std::uint32_t number) const {
  const auto found = lanes_.find(number);
  return found == lanes_.end() || found->second.ended;
}

void LaneTable::start(Lane& lane) {
  active_.insert(lane.number);
  by_target_[lane.engine().head().target.address].push_back(lane.number);
}

void LaneTable::end(Lane& lane) {
  lane.ended = true;
  active_.erase(lane.number);
  const auto found = by_target_.find(lane.engine().head().target.address);
  if (found != by_target_.end()) {
    std::erase(found->second, lane.number);
    if (found->second.empty()) {
      by_target_.erase(found);
    }
  }
}

void LaneTable::erase(const Lane& lane) {
  if (lane.due) {
    deadlines_.erase({*lane.due, lane.number});
  }
  lanes_.erase(lane.number);
}

void LaneTable::touch(Lane& lane) {
  if (!std::exchange(lane.is_touched, true)) {
    touched_.push_back(lane.number);
  }
}

void LaneTable::schedule_touched() {
  for (const std::uint32_t number : touched_) {
    if (Lane* lane = find(number)) {
      schedule(*lane);
    }
  }
  touched_.clear();
}

void LaneTable::schedule(Lane& lane) {
  lane.is_touched = false;
  const auto due = lane.deadline();
  if (due == lane.due) {
    return;
  }
  if (lane.due) {
    deadlines_.erase({*lane.due, lane.number});
  }
  if (due) {
    deadlines_.emplace(*due, lane.number);
  }
  lane.due = due;
}

std::vector<std::uint32_t> LaneTable::active_at(const IpAddress& target) const {
  const auto found = by_target_.find(target);
  return found != by_target_.end() ? found->second : std::vector<std::uint32_t>{};
}

bool LaneTable::clashes(Lane& lane) {
  const model::Trace& head = lane.engine().head();
  const auto is_alike = [&](std::uint32_t number) {
    const model::Trace& other = find(number)->engine().head();
    return head.source.port != Port{0} && other.source.port == head.source.port
           && other.target.port == head.target.port;
  };
  return std::ranges::any_of(active_at(head.target.address), is_alike);
}

std::optional<Instant> LaneTable::next_due() {
  schedule_touched();
  return deadlines_.empty() ? std::nullopt : std::optional{deadlines_.begin()->first};
}

std::vector<std::uint32_t> LaneTable::due(Instant now) {
  schedule_touched();
  std::vector<std::uint32_t> numbers;
  for (const auto& [at, number] : deadlines_) {
    if (at > now) {
      break;
    }
    numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

void LaneTable::draw_again() {
  const auto shown =
      std::ranges::find_if(lanes_, [](const auto& each) { return !each.second.released; });
  if (shown != lanes_.end()) {
    for (const auto& presenter : shown->second.parts.presenters) {
      shown->second.held.add(presenter->redrawn());
    }
  }
}

}  // namespace synroute::drive
