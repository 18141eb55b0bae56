// SPDX-License-Identifier: Apache-2.0
#include "model/waited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace synroute::model {

std::optional<Duration> shortest_wait(std::span<const ProbeRecord* const> records) {
  std::optional<Duration> shortest;
  for (const ProbeRecord* record : records) {
    const auto* lost = std::get_if<Lost>(&record->state);
    if (lost == nullptr) {
      continue;
    }
    if (!lost->waited) {
      return std::nullopt;
    }
    shortest = std::min(shortest.value_or(*lost->waited), *lost->waited);
  }
  return shortest;
}

std::string wait_text(Duration waited) {
  using std::chrono::milliseconds;
  const auto whole = std::chrono::duration_cast<milliseconds>(waited).count();
  if (whole < 100) {
    return fmt::format("{} ms", whole);
  }
  const auto tenths = whole / 100;
  return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10)
                          : fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

}  // namespace synroute::model
