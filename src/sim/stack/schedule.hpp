// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::sim {

/// Future events in order of time; of two at the same instant the one added first comes first, so
/// that a run never depends on the queue's internal order.
template <class Event>
class Schedule {
 public:
  void at(Instant when, Event event) {
    heap_.push_back({when, count_++, store(std::move(event))});
    std::ranges::push_heap(heap_, Later{});
  }
  [[nodiscard]] std::optional<Instant> next() const {
    return heap_.empty() ? std::nullopt : std::optional{heap_.front().when};
  }
  /// The earliest event; there must be one.
  [[nodiscard]] Event take() {
    std::ranges::pop_heap(heap_, Later{});
    const std::size_t slot = heap_.back().slot;
    heap_.pop_back();
    free_.push_back(slot);
    return std::move(events_[slot]);
  }

 private:
  /// Small, because the heap moves entries; the events themselves are not moved.
  struct Entry {
    Instant when;
    std::uint64_t order = 0;
    std::size_t slot = 0;
  };
  struct Later {
    bool operator()(const Entry& left, const Entry& right) const {
      return left.when != right.when ? left.when > right.when : left.order > right.order;
    }
  };

  std::size_t store(Event event) {
    if (free_.empty()) {
      events_.push_back(std::move(event));
      return events_.size() - 1;
    }
    const std::size_t slot = free_.back();
    free_.pop_back();
    events_[slot] = std::move(event);
    return slot;
  }

  std::vector<Entry> heap_;
  std::vector<Event> events_;
  std::vector<std::size_t> free_;
  std::uint64_t count_ = 0;
};

}  // namespace synroute::sim
