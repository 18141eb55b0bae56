// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matcher.hpp"
#include "model/reply.hpp"
#include "wire/datagram.hpp"

namespace synroute::engine {

/// The reply that a packet is to the probe it matches; `received` and `rtt` are left to the caller.
[[nodiscard]] model::Reply read_reply(const Match& match, const wire::Datagram& datagram);

}  // namespace synroute::engine
