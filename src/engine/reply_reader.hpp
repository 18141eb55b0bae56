// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matcher.hpp"
#include "model/reply.hpp"
#include "wire/datagram.hpp"

namespace synroute::engine {

/// What is remembered of a packet that answers a probe; the times are the caller's.
[[nodiscard]] model::Reply read_reply(const Match& match, const wire::Datagram& datagram);

}  // namespace synroute::engine
