// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/request.hpp"
#include "base/ip_address.hpp"
#include "model/trace.hpp"
#include "seam/resolver.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace synroute::api {

/// Where the target is and how packets get out to it.
struct Place {
  model::Target target;
  model::Source source;
  std::size_t mtu = 1500;
};

/// What a trace runs on. `source_ports` are held for it; none when the transport chooses them.
struct Stage {
  seam::Transport& transport;
  seam::Waiter& waiter;
  seam::Resolver* resolver = nullptr;
  std::span<const Port> source_ports;
};

/// Runs the one trace that was asked for.
[[nodiscard]] model::Trace run(
    Request request, const Place& place, std::uint64_t seed, const Stage& stage);

}  // namespace synroute::api
