// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "cli/target.hpp"
#include "cli/value.hpp"

#include <string_view>
#include <vector>

namespace synroute::cli {

/// Ports as `22,80,443,8000-8100,https`: numbers from 1 to 65535, ranges upwards, service names.
/// Ascending, each once; an empty list or part is an error.
[[nodiscard]] Read<std::vector<Port>> read_ports(
    std::string_view text, const ServicePorts& services);

}  // namespace synroute::cli
