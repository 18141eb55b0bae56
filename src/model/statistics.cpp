// SPDX-License-Identifier: Apache-2.0
#include "model/statistics.hpp"

#include <algorithm>
#include <vector>

namespace synroute::model {

std::optional<RttSummary> summarise(std::span<const Duration> samples) {
  if (samples.empty()) {
    return std::nullopt;
  }
  std::vector<Duration> sorted{samples.begin(), samples.end()};
  std::ranges::sort(sorted);
  const Duration low = sorted[(sorted.size() - 1) / 2];
  const Duration high = sorted[sorted.size() / 2];
  return RttSummary{.min = sorted.front(), .median = low + (high - low) / 2, .max = sorted.back()};
}

}  // namespace synroute::model
