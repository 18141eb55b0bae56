// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <optional>

namespace synroute {

/// A length of time, nanoseconds.
using Duration = std::chrono::nanoseconds;

/// A point on the driver's monotonic clock (virtual in a simulation). For intervals only.
class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(Duration since_start) : since_start_{since_start} {}
  [[nodiscard]] constexpr Duration since_start() const { return since_start_; }

  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
  friend constexpr Duration operator-(Instant left, Instant right) {
    return left.since_start_ - right.since_start_;
  }
  friend constexpr Instant operator+(Instant left, Duration right) {
    return Instant{left.since_start_ + right};
  }
  friend constexpr Instant operator-(Instant left, Duration right) {
    return Instant{left.since_start_ - right};
  }

 private:
  Duration since_start_{};
};

/// The earlier of two deadlines that may both be absent.
[[nodiscard]] constexpr std::optional<Instant> earliest(
    std::optional<Instant> left, std::optional<Instant> right) {
  return !left || (right && *right < *left) ? right : left;
}

/// A point in calendar time (since 1970-01-01 UTC), which may step. For people only.
class WallTime {
 public:
  constexpr WallTime() = default;
  constexpr explicit WallTime(Duration since_1970) : since_1970_{since_1970} {}
  [[nodiscard]] constexpr Duration since_1970() const { return since_1970_; }
  friend constexpr auto operator<=>(const WallTime&, const WallTime&) = default;

 private:
  Duration since_1970_{};
};

/// Milliseconds as a decimal number, for printing.
[[nodiscard]] constexpr double milliseconds(Duration length) {
  return static_cast<double>(length.count()) / 1e6;
}

}  // namespace synroute
