// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/request.hpp"

#include <cstdint>

namespace synroute::cli {

/// What the user fixed, else what the operating system gives: nobody can foresee that (RFC 6528).
[[nodiscard]] std::uint64_t seed_of(const TraceRequest& request);

}  // namespace synroute::cli
