// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <optional>
#include <string_view>

namespace synroute::cli {

/// An IPv4 address as inet_addr(3) of 4.2BSD read it, and with it both ancestors: one to four
/// parts, each decimal, octal behind "0" or hexadecimal behind "0x", the last of which fills all
/// bytes that are left. 255.255.255.255 is none: it was the sign for "no address".
[[nodiscard]] std::optional<IpAddress> read_classic_address(std::string_view text);

}  // namespace synroute::cli
