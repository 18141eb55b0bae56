// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/port_state.hpp"
#include "model/reply.hpp"
#include "wire/tcp.hpp"

#include <string>

namespace synroute::model {

/// What a reset of the target says about a port, by the flags of the probe (RFC 9293 §3.10.7.1 and
/// §3.10.7.2): a segment with ACK is reset by open and closed ports alike (Unfiltered), any other
/// by closed ports (Closed). A probe with RST is never reset: such an answer says nothing
/// (Unfiltered).
[[nodiscard]] PortState state_of_reset(wire::TcpFlags probe);
/// What silence says about a port, by the flags of the probe. Open ports answer a SYN, and answer a
/// segment with ACK with a reset: Filtered. They ignore segments without both, segments with RST
/// and, on many systems, segments with FIN: OpenOrFiltered.
[[nodiscard]] PortState state_of_silence(wire::TcpFlags probe);
/// Rejected when the ICMP code reports a policy or a closed service (prohibited, port, protocol),
/// else Unreachable.
[[nodiscard]] PortState state_of_unreachable(const Reply& reply);
/// What the ICMP code means, "admin prohibited"; "ICMP 3/200" (type and code) without a name.
[[nodiscard]] std::string unreachable_reason(const Reply& reply);
/// An ECN-setup SYN|ACK has ECE without CWR (RFC 3168 §6.1.1). Both set is only an echo of the SYN.
[[nodiscard]] bool agrees_to_ecn(const Reply& reply);

}  // namespace synroute::model
