// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// Packets as a trace of thirteen hops meets them.
namespace synroute::bench {

using Bytes = std::vector<std::uint8_t>;

inline constexpr int kDistance = 13;

/// A trace to a documentation address with the probes of a Linux system.
[[nodiscard]] engine::Settings settings(std::uint64_t seed);
/// One probe of such a trace.
[[nodiscard]] wire::Datagram probe();
/// What comes back for it on a path of routers and an open port, as bytes off the wire.
[[nodiscard]] Bytes answer_to(const wire::Datagram& probe);

}  // namespace synroute::bench
