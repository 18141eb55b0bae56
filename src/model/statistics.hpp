// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <optional>
#include <span>

namespace synroute::model {

struct RttSummary {
  Duration min{};
  Duration median{};
  Duration max{};
};

/// Absent for no samples. The median of an even number of samples is the mean of the middle two.
[[nodiscard]] std::optional<RttSummary> summarise(std::span<const Duration> samples);

}  // namespace synroute::model
