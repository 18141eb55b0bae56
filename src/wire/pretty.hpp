// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/datagram.hpp"

#include <string>

namespace synroute::wire {

/// One readable line per packet, nothing in it that a terminal would obey:
/// "192.0.2.7:45002 > 203.0.113.80:443 SYN seq 1 win 64240 ttl 3 id 17 <mss 1460,sackOK,…>".
[[nodiscard]] std::string pretty(const Datagram& datagram);

}  // namespace synroute::wire
