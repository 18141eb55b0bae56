// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::sim {

/// Things that will happen, in order of time; of two at the same instant the one put in first comes
/// first, so that a run never depends on the queue's inner order.
template <class Event>
class Schedule {
 public:
  void at(Instant when, Event event) {
    heap_.push_back({when, count_++, std::move(event)});
    std::ranges::push_heap(heap_, Later{});
  }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::optional<Instant> next() const {
    return heap_.empty() ? std::nullopt : std::optional{heap_.front().when};
  }
  /// The earliest event; there must be one.
  [[nodiscard]] Event take() {
    std::ranges::pop_heap(heap_, Later{});
    Event event = std::move(heap_.back().event);
    heap_.pop_back();
    return event;
  }

 private:
  struct Entry {
    Instant when;
    std::uint64_t order = 0;
    Event event;
  };
  struct Later {
    bool operator()(const Entry& left, const Entry& right) const {
      return left.when != right.when ? left.when > right.when : left.order > right.order;
    }
  };
  std::vector<Entry> heap_;
  std::uint64_t count_ = 0;
};

}  // namespace synroute::sim
