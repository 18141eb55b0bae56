// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/port_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synroute::model {

/// How far the probes to one port get.
struct Reach {
  /// The farthest hop that reported time exceeded for this port's probes; 0 when none did.
  Ttl last_passed;
  std::optional<IpAddress> last_passed_by;
  /// The smallest TTL at which time exceeded was no longer reported although it was for other
  /// ports, or at which the target or a rejecting router answered. Absent when not found.
  std::optional<Ttl> first_stopped;
  /// Not measured but taken over from the neighbouring ports, which agree: ICMP rate limits do not
  /// allow measuring every port.
  bool assumed = false;
  friend bool operator==(const Reach&, const Reach&) = default;
};

/// What a scan found about one port.
struct PortResult {
  Port port;
  PortState state = PortState::Filtered;
  std::optional<ProbeId> decided_by;  ///< absent when no answer came
  int attempts = 0;                   ///< SYNs sent with a full TTL
  std::optional<Duration> rtt;        ///< of the deciding answer
  std::optional<Reach> reach;         ///< when measured (--where)
  /// The target has sent segments from the port that neither accept nor refuse.
  bool heard = false;
  /// By which this host sends its probes; empty unless ports leave by different ones.
  std::string interface;
  /// A random high port the user did not name, probed to detect hosts that answer on every port.
  bool control = false;
};

}  // namespace synroute::model
