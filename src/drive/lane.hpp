// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/transcript.hpp"
#include "engine/engine.hpp"
#include "model/counters.hpp"
#include "model/event.hpp"
#include "seam/presenter.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace synroute::drive {

/// A trace that is to run in a session.
struct NewLane {
  std::unique_ptr<engine::Engine> engine;
  std::vector<std::unique_ptr<seam::Presenter>> presenters;
};

/// One trace of a session: its engine, its presenters, and text that waits for earlier traces.
struct Lane {
  std::uint32_t number = 0;  ///< in the order of adding, never used again
  NewLane parts;
  Transcript held;
  bool ended = false;          ///< its engine has finished
  bool released = false;       ///< its presenters are done too, and engine and presenters are gone
  std::optional<Instant> due;  ///< as LaneTable knows it
  bool is_touched = false;     ///< `due` may have changed
  std::optional<model::Trace> trace;
  std::set<IpAddress> addresses;   ///< whose names its presenters are told
  model::Counters counted_before;  ///< what the transport had counted before it started

  [[nodiscard]] engine::Engine& engine() { return *parts.engine; }
  /// Nothing more will be said.
  [[nodiscard]] bool is_done() const {
    return ended
           && std::ranges::all_of(parts.presenters, [](const auto& each) { return each->done(); });
  }
  /// Only its text is still needed.
  void release() {
    released = true;
    parts = {};
    addresses.clear();
  }
  void tell(const model::Event& event) {
    for (const auto& presenter : parts.presenters) {
      held.add(presenter->on(event));
    }
  }
  /// When its engine or a presenter must be called again.
  [[nodiscard]] std::optional<Instant> deadline() const {
    std::optional<Instant> next = ended ? std::nullopt : parts.engine->deadline();
    for (const auto& presenter : parts.presenters) {
      next = earliest(next, presenter->deadline());
    }
    return next;
  }
};

}  // namespace synroute::drive
