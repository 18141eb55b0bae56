// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synroute::model {

/// Ports of one scan with the same state that stop at the same place.
struct PortGroup {
  enum class Kind : std::uint8_t {
    AtTarget,    ///< answered at the distance of the target, or at an unknown distance
    Nearer,      ///< answered at a smaller distance than the target has for other ports
    Redirected,  ///< answered at the other destination to which NAT of this host redirects
    Dropped,     ///< no answer that accepts or refuses
    Rejected,    ///< ICMP unreachable
  };
  Kind kind = Kind::AtTarget;
  PortState state = PortState::Open;
  std::optional<Reach> reach;         ///< of all of them; `assumed` when it is for any
  bool heard = false;                 ///< the target answers, but neither accepts nor refuses
  std::string interface;              ///< of all of them (see PortResult)
  std::optional<Ttl> loop_from;       ///< the first hop of the routing loop in which probes end
  std::optional<Duration> waited;     ///< for each of the SYNs that stayed unanswered, at least
  std::optional<ProbeId> decided_by;  ///< the answer for one of them
  std::vector<Port> ports;            ///< ascending
  std::string sentence;               ///< for people: "dropped after hop 1 (192.0.2.1)"
};

/// The ports the user named in groups, nearest stopping hop first, ports that reach the target
/// last.
[[nodiscard]] std::vector<PortGroup> group_ports(const Trace& trace);

/// NAT rules of this host sent the probe that decided to another destination: who answers there
/// says nothing about the network.
[[nodiscard]] bool is_redirected(const Trace& trace, const PortResult& result);

}  // namespace synroute::model
