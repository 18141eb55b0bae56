// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace synroute::os {

/// From the operating system: nobody can foresee it, as RFC 6528 wants of sequence numbers.
[[nodiscard]] std::uint64_t random_seed();

}  // namespace synroute::os
