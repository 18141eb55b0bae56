// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/reply.hpp"
#include "model/trace.hpp"

namespace synroute::model {

/// Rejected when the ICMP code is somebody's decision (prohibited, port, protocol), else
/// Unreachable.
[[nodiscard]] PortState state_of_unreachable(const Reply& reply);
/// An ECN-setup SYN|ACK: ECE without CWR (RFC 3168 §6.1.1); both set is a mere echo of the SYN.
[[nodiscard]] bool agrees_to_ecn(const Reply& reply);

}  // namespace synroute::model
