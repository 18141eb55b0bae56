// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace synroute::model {

/// What happened to packets, ours and theirs. Own losses have their own lines, so that they are
/// never mistaken for the network's.
struct Counters {
  std::uint64_t sent = 0;      ///< probes that left
  std::uint64_t received = 0;  ///< answers credited to a probe, duplicates included
  std::uint64_t duplicates = 0;
  std::uint64_t late = 0;
  std::uint64_t unmatched = 0;  ///< for our addresses, yet no probe can be named
  std::uint64_t bad_checksum = 0;
  std::uint64_t malformed = 0;          ///< could not be read
  std::uint64_t refused = 0;            ///< probes this host did not let out
  std::uint64_t dropped_by_socket = 0;  ///< answers our own receive buffer had no room for
  /// ICMP errors heard in front of this host's own firewall that did not get past it: at least
  /// these.
  std::uint64_t dropped_by_firewall = 0;
  std::uint64_t clock_steps = 0;  ///< calendar clock steps noticed during the trace

  Counters& operator+=(const Counters& other);
  friend bool operator==(const Counters&, const Counters&) = default;
};

}  // namespace synroute::model
