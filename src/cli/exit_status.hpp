// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"
#include "tracer/run.hpp"
#include "tracer/startup_error.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace synroute::cli {

/// Exit status of the native commands. Of several targets the greatest counts.
enum class ExitStatus : std::uint8_t {
  Open = 0,
  NoAnswer = 1,
  Usage = 2,
  Closed = 3,
  Rejected = 4,
  CannotRun = 5,
  HungUp = 129,
  Interrupted = 130,
  ReaderGone = 141,
  Terminated = 143,
};

struct ExitStatusMeaning {
  ExitStatus status;
  std::string_view meaning;
};

/// Every exit status with its meaning, for the manual.
[[nodiscard]] std::span<const ExitStatusMeaning> exit_statuses();

/// The status for one finished trace.
[[nodiscard]] ExitStatus exit_status_of(const model::Trace& trace);
/// The status for all traces of a run; that of the signal when one ended it.
[[nodiscard]] ExitStatus exit_status_of(const tracer::Outcome& outcome);
/// The status for a trace that could not start.
[[nodiscard]] ExitStatus exit_status_of(tracer::StartupErrorKind kind);

[[nodiscard]] constexpr ExitStatus greatest(ExitStatus left, ExitStatus right) {
  return std::max(left, right);
}

/// For returning from main().
[[nodiscard]] constexpr int number(ExitStatus status) {
  return static_cast<int>(status);
}

}  // namespace synroute::cli
