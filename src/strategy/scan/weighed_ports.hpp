// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace synroute::strategy {

/// Ports with an answer that a better one may disprove, and until when that is waited for.
class WeighedPorts {
 public:
  void add(std::size_t index, Instant until) { by_end_.emplace(until, index); }
  /// A port that has been waited for; each is returned once.
  [[nodiscard]] std::optional<std::size_t> take_due(Instant now) {
    if (by_end_.empty() || by_end_.begin()->first > now) {
      return std::nullopt;
    }
    return by_end_.extract(by_end_.begin()).mapped();
  }
  [[nodiscard]] std::optional<Instant> deadline() const {
    return by_end_.empty() ? std::nullopt : std::optional{by_end_.begin()->first};
  }

 private:
  std::multimap<Instant, std::size_t> by_end_;
};

}  // namespace synroute::strategy
