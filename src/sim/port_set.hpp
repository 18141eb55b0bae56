// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace synroute::sim {

/// A set of ports as ranges. Empty: no port.
struct PortSet {
  struct Range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::vector<Range> ranges;

  [[nodiscard]] bool contains(std::uint16_t port) const {
    return std::ranges::any_of(
        ranges, [port](const Range& range) { return port >= range.first && port <= range.last; });
  }
  [[nodiscard]] static PortSet all() { return {{{0, 65535}}}; }
  friend bool operator==(const PortSet&, const PortSet&) = default;
};

}  // namespace synroute::sim
