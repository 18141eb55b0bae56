// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace synroute::seam {

/// Continued: the process was stopped for a while, and others may have used the terminal.
enum class Wake : std::uint8_t { Time, Activity, Interrupted, Continued };

/// The source of time: the operating system's clocks, or a simulated world's.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;

  [[nodiscard]] virtual Instant now() = 0;
  [[nodiscard]] virtual WallTime wall() = 0;
  /// Returns at `until` (at once when it is past, never when it is absent), when something may be
  /// ready to receive, or when the user asked to stop. Spurious Activity is allowed.
  virtual Wake wait(std::optional<Instant> until) = 0;
};

}  // namespace synroute::seam
