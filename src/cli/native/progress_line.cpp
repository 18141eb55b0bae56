// SPDX-License-Identifier: Apache-2.0
#include "cli/native/progress_line.hpp"

#include <fmt/format.h>

#include <chrono>

namespace synroute::cli {
namespace {

constexpr std::string_view kErase = "\r\x1b[K";

std::string time_text(std::uint64_t seconds) {
  if (seconds < 60) {
    return fmt::format("{} s", seconds);
  }
  const std::uint64_t minutes = seconds / 60;
  return minutes < 60 ? fmt::format("{} min {} s", minutes, seconds % 60)
                      : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

std::string ProgressLine::text(const drive::Progress& progress, Duration now) {
  began_ = began_.value_or(now);
  const Duration elapsed = now - *began_;
  const double seconds = milliseconds(elapsed) / 1000;
  const auto rate =
      seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(progress.sent) / seconds) : 0;
  return fmt::format(
      "{}{} done, {} open, {} failed, {}/s{}",
      kErase,
      progress.done,
      progress.active,
      failed_,
      rate,
      time_left(progress, elapsed));
}

std::string ProgressLine::time_left(const drive::Progress& progress, Duration elapsed) const {
  const std::uint64_t over = progress.done + failed_;
  if (!total_ || progress.done == 0 || over >= *total_) {
    return {};
  }
  const auto left = static_cast<double>(*total_ - over) * milliseconds(elapsed)
                    / static_cast<double>(over) / 1000;
  return fmt::format(", {} left", time_text(static_cast<std::uint64_t>(left + 0.5)));
}

std::string ProgressLine::erasure() const {
  return began_ ? std::string{kErase} : std::string{};
}

}  // namespace synroute::cli
