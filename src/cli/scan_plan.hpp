// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/compose.hpp"
#include "cli/parser.hpp"
#include "cli/request.hpp"
#include "engine/settings.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace synroute::cli {

/// A scan as a command line asked for it, on whatever network it takes place.
class ScanPlan {
 public:
  /// Reads the operands, of which the last is the list of ports and all before it are hosts, into
  /// the targets of the request. `seed` chooses the controls.
  [[nodiscard]] static Read<ScanPlan> read(Request& request, Words operands, std::uint64_t seed);

  /// Turns what was prepared for traces into scans of these ports.
  void aim(std::span<engine::Settings> traces) const;
  [[nodiscard]] StrategyMaker strategies() const;
  [[nodiscard]] PresenterFactory presenters() const;
  /// What stands above all results: the heads of the columns of CSV.
  [[nodiscard]] std::string heading() const;

 private:
  ScanPlan(Request request, std::vector<Port> ports, std::uint64_t seed);

  Request request_;
  std::size_t port_count_;   ///< those the user named
  std::vector<Port> ports_;  ///< and, behind them, the controls
};

}  // namespace synroute::cli
