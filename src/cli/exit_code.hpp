// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace synroute::cli {

/// What the native commands tell the calling program. A greater number is the more telling one, so
/// of several targets the greatest counts.
enum class ExitCode : std::uint8_t {
  Open = 0,
  NoAnswer = 1,
  Usage = 2,
  Closed = 3,
  Rejected = 4,
  CannotRun = 5,
  Interrupted = 130,
  ReaderGone = 141,
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

/// Every exit status with its meaning, for the manual.
[[nodiscard]] std::span<const ExitCodeMeaning> exit_codes();

/// What one finished trace amounts to.
[[nodiscard]] ExitCode exit_code_of(const model::Trace& trace);

[[nodiscard]] constexpr ExitCode greatest(ExitCode left, ExitCode right) {
  return std::max(left, right);
}

/// For returning from main().
[[nodiscard]] constexpr int status(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace synroute::cli
