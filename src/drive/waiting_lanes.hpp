// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/lane_table.hpp"
#include "drive/session.hpp"
#include "drive/start_pacer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace synroute::drive {

/// Traces that have not started: the first ones, then those of a source. One whose network has had
/// its share of probes, or whose target is being traced already, lets those behind it pass.
class WaitingLanes {
 public:
  WaitingLanes(LaneTable& lanes, const StartPacer& pacer, LaneSource source)
      : lanes_{lanes}, pacer_{pacer}, source_{std::move(source)} {}

  /// In front of those of the source.
  void add(NewLane parts) { parked_.push_back(lanes_.add(std::move(parts)).number); }
  /// The next that may start now; null when none may.
  [[nodiscard]] Lane* next(Instant now);
  /// When next() may have another; nothing while only the end of another trace can help, or none
  /// is left. To be asked after next() gave none.
  [[nodiscard]] std::optional<Instant> ready_at() const { return ready_at_; }
  [[nodiscard]] bool is_exhausted() const { return parked_.empty() && !source_; }
  /// Gives up the traces that have not started.
  void clear();

 private:
  /// How many may be passed by others: bounds the memory they take.
  static constexpr std::size_t kParkedMax = 1024;
  /// Traces that are over while their text waits for an earlier one.
  static constexpr std::size_t kHeldMax = 4096;

  [[nodiscard]] Lane* next_parked(Instant now);
  [[nodiscard]] bool may_start(Lane& lane, Instant now);

  LaneTable& lanes_;
  const StartPacer& pacer_;
  LaneSource source_;  ///< empty once it has given the last
  std::deque<std::uint32_t> parked_;
  std::optional<Instant> ready_at_;
};

}  // namespace synroute::drive
