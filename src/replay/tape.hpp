// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/recording.hpp"

#include <cstddef>
#include <utility>

namespace synroute::replay {

/// A recording and how far it has been played: what the strategy and the transport of one replay
/// share.
class Tape {
 public:
  explicit Tape(Recording recording) : recording_{std::move(recording)} {}

  [[nodiscard]] const Recording& recording() const { return recording_; }
  [[nodiscard]] bool at_end() const { return position_ == recording_.items.size(); }
  /// The item to be played next, as its number.
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] const Item& next() const { return recording_.items[position_]; }
  [[nodiscard]] bool at_probe() const { return !at_end() && next().is_probe; }
  void advance() { ++position_; }

 private:
  Recording recording_;
  std::size_t position_ = 0;
};

}  // namespace synroute::replay
