// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "drive/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace synroute::cli {

/// One line for standard error that is written over itself: "412 done, 256 open, 3 failed,
/// 4,980/s, 1 min 20 s left".
class ProgressLine {
 public:
  /// `total`: how many targets there are; absent when that is not known.
  explicit ProgressLine(std::optional<std::uint64_t> total) : total_{total} {}

  void note_failure() { ++failed_; }
  /// The line as of `now`, from any clock.
  [[nodiscard]] std::string text(const drive::Progress& progress, Duration now);
  /// Removes the line again; empty when there was none.
  [[nodiscard]] std::string erasure() const;

 private:
  [[nodiscard]] std::string time_left(const drive::Progress& progress, Duration elapsed) const;

  std::optional<std::uint64_t> total_;
  std::uint64_t failed_ = 0;
  std::optional<Duration> began_;
};

}  // namespace synroute::cli
