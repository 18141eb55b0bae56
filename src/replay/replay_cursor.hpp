// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/recorded_trace.hpp"

#include <cstddef>
#include <utility>

namespace synroute::replay {

/// A recorded trace and the position of its replay; shared by the strategy and the transport.
class ReplayCursor {
 public:
  explicit ReplayCursor(RecordedTrace trace) : trace_{std::move(trace)} {}

  [[nodiscard]] const RecordedTrace& trace() const { return trace_; }
  [[nodiscard]] bool at_end() const { return position_ == trace_.packets.size(); }
  /// The index of the next packet.
  [[nodiscard]] std::size_t position() const { return position_; }
  /// Must not be called at the end.
  [[nodiscard]] const RecordedPacket& next() const { return trace_.packets[position_]; }
  [[nodiscard]] bool at_probe() const { return !at_end() && next().is_probe; }
  void advance() { ++position_; }

 private:
  RecordedTrace trace_;
  std::size_t position_ = 0;
};

}  // namespace synroute::replay
