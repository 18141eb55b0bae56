// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/request/trace_request.hpp"

#include <cstdint>

namespace synroute::tracer {

/// The requested seed, else an unpredictable one from the operating system (RFC 6528).
[[nodiscard]] std::uint64_t seed_of(const TraceRequest& request);

}  // namespace synroute::tracer
