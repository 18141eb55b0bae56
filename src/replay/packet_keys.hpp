// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/recorded_trace.hpp"
#include "wire/datagram.hpp"

#include <compare>
#include <optional>

namespace synroute::replay {

/// A connection, as the prober sees it: the key of a trace and the source port of a probe.
struct ConnectionKey {
  TraceKey key;
  Port port;
  friend auto operator<=>(const ConnectionKey&, const ConnectionKey&) = default;
};

/// The connection of a TCP segment sent by the prober, of one sent to it, and of the segment that
/// an ICMP error quotes. Absent for other packets.
[[nodiscard]] std::optional<ConnectionKey> forward_key(const wire::Datagram& datagram);
[[nodiscard]] std::optional<ConnectionKey> reverse_key(const wire::Datagram& datagram);
[[nodiscard]] std::optional<ConnectionKey> quoted_key(const wire::Datagram& datagram);

/// Whether a packet reports that a TTL expired.
[[nodiscard]] bool is_time_exceeded(const wire::Datagram& datagram);

}  // namespace synroute::replay
