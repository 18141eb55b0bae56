// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <optional>
#include <string_view>

namespace synroute::cli {

/// An IPv4 address as inet_addr(3) and tcptraceroute read it: one to four parts, each decimal,
/// octal after "0" or hexadecimal after "0x"; the last one fills all remaining bytes.
/// 255.255.255.255 is not accepted: inet_addr(3) returns it for "no address".
[[nodiscard]] std::optional<IpAddress> read_classic_address(std::string_view text);

}  // namespace synroute::cli
