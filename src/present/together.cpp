// SPDX-License-Identifier: Apache-2.0
#include "present/together.hpp"

#include <algorithm>
#include <utility>

namespace synroute::present {

Together::Together(std::vector<std::unique_ptr<seam::Presenter>> parts)
    : parts_{std::move(parts)} {}

seam::Text Together::on(const model::Event& event) {
  seam::Text text;
  for (const auto& part : parts_) {
    text += part->on(event);
  }
  return text;
}

/// Only those whose time has come: the others are not owed a call.
seam::Text Together::advance(Instant now) {
  seam::Text text;
  for (const auto& part : parts_) {
    const auto due = part->deadline();
    if (due && *due <= now) {
      text += part->advance(now);
    }
  }
  return text;
}

std::optional<Instant> Together::deadline() const {
  std::optional<Instant> earliest;
  for (const auto& part : parts_) {
    const auto due = part->deadline();
    if (due && (!earliest || *due < *earliest)) {
      earliest = due;
    }
  }
  return earliest;
}

bool Together::done() const {
  return std::ranges::all_of(parts_, [](const auto& part) { return part->done(); });
}

}  // namespace synroute::present
