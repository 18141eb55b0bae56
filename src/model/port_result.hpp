// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/port_state.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::model {

/// Where the packets to one port end. For a port the target answers, the distance it answers from.
struct Fate {
  /// The farthest hop that reported the TTL of this port's probes: they got at least that far.
  /// 0: not even the first hop is known to have let them through.
  Ttl last_passed;
  std::optional<IpAddress> last_passed_by;
  /// The nearest TTL at which they no longer were reported while other ports' were, or at which the
  /// target or a rejecting router answered. Absent when no such TTL could be found.
  std::optional<Ttl> first_stopped;
  /// Not measured for this port but taken over from its neighbours, which agree (a router limits
  /// its reports and does not allow to ask for every port).
  bool assumed = false;
  friend bool operator==(const Fate&, const Fate&) = default;
};

/// What a scan found about one port.
struct PortResult {
  Port port;
  PortState state = PortState::Filtered;
  std::optional<ProbeId> decided_by;  ///< none for silence
  int attempts = 0;                   ///< SYNs sent with a full TTL
  std::optional<Duration> rtt;        ///< of the deciding answer
  std::optional<Fate> fate;           ///< when it was asked for and found
  /// Not one the user named: a random high port, asked to see whether everything is answered.
  bool control = false;
};

}  // namespace synroute::model
