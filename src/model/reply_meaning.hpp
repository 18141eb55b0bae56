// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/port_state.hpp"
#include "model/reply.hpp"

#include <string>

namespace synroute::model {

/// Rejected when the ICMP code reports a policy or a closed service (prohibited, port, protocol),
/// else Unreachable.
[[nodiscard]] PortState state_of_unreachable(const Reply& reply);
/// What the ICMP code means, "admin prohibited"; "ICMP 3/200" (type and code) without a name.
[[nodiscard]] std::string unreachable_reason(const Reply& reply);
/// An ECN-setup SYN|ACK has ECE without CWR (RFC 3168 §6.1.1). Both set is only an echo of the SYN.
[[nodiscard]] bool agrees_to_ecn(const Reply& reply);

}  // namespace synroute::model
