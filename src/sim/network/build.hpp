// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/network/world.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace synroute::sim {

struct BuildOptions {
  std::optional<std::uint64_t> seed;  ///< instead of the scenario's
  /// Simulate the prober's kernel, which resets segments that no socket expects. Off when a real
  /// kernel does that.
  bool with_kernel = true;
};

/// Builds the network, ready for its first packet.
[[nodiscard]] std::unique_ptr<World> build(
    const Scenario& scenario, const BuildOptions& options = {});

}  // namespace synroute::sim
