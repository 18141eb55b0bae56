// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.hpp"
#include "cli/value.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// The hosts of a scan as `HOST` or `ADDRESS/LENGTH`. A prefix of more than 256 addresses, or one
/// that is neither private nor reserved for documentation and benchmarks, requires `yes`; more than
/// 65,536 addresses are an error in any case. Of IPv4 prefixes up to /30 the first and last address
/// are left out: network and broadcast address.
[[nodiscard]] Read<std::vector<tracer::TargetRequest>> read_hosts(
    std::span<const std::string_view> words, bool yes, const ServicePorts& services);

/// Ten million pairs of host and port, more than a day at the default rate, require `yes`.
[[nodiscard]] Read<void> check_size(std::size_t hosts, std::size_t ports, bool yes);

}  // namespace synroute::cli
