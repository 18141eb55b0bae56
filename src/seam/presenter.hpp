// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/event.hpp"

#include <optional>
#include <string>

namespace synroute::seam {

/// Text for the two streams, in order within each.
struct Text {
  std::string out;
  std::string err;
  Text& operator+=(const Text& more) {
    out += more.out;
    err += more.err;
    return *this;
  }
};

/// Turns events into text. Observes only; prints nothing itself. One per trace.
class Presenter {
 public:
  Presenter() = default;
  Presenter(const Presenter&) = delete;
  Presenter& operator=(const Presenter&) = delete;
  virtual ~Presenter() = default;

  virtual Text on(const model::Event& event) = 0;
  /// Called at deadline() or later: a row that waited for a name long enough is printed without it.
  virtual Text advance(Instant now) = 0;
  [[nodiscard]] virtual std::optional<Instant> deadline() const = 0;
  /// Others have written to the terminal: text that was written before can no longer be replaced.
  virtual Text redrawn() { return {}; }
  /// Everything that will be said has been said (after TraceFinished): names no longer matter.
  [[nodiscard]] virtual bool done() const = 0;
};

}  // namespace synroute::seam
