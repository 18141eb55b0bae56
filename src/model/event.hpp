// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "model/probe_record.hpp"
#include "model/trace.hpp"
#include "wire/datagram.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace synroute::model {

/// A trace begins. Only target, source, method and limits of `head` are set.
struct TraceStarted {
  Trace head;
};
/// A probe was answered, timed out or was refused by this host. Sent once per probe, and again when
/// a late answer arrives before the trace ends.
struct ProbeSettled {
  ProbeRecord record;
};
/// All probes of this TTL are settled. Sent once per TTL, in the order of settling rather than of
/// TTL, and never for TTLs beyond the target.
struct HopSettled {
  Ttl ttl;
  std::vector<ProbeRecord> probes;  ///< by attempt: what model::hops() will show on this row
};
/// The state of a scanned port is decided. Sent again when a late answer or the search for the
/// stopping hop changes the result.
struct PortSettled {
  PortResult result;
};
/// The distance of the target (the smallest TTL it answered) became known, or turned out smaller.
struct DistanceKnown {
  Ttl distance;
};
/// The reverse name of an address; absent when there is none.
struct NameKnown {
  IpAddress address;
  std::optional<std::string> name;  ///< bytes from the network: escape before printing
};
/// Reported for -d only.
struct PacketSent {
  wire::Datagram datagram;
  std::optional<ProbeId> probe = std::nullopt;  ///< absent when the packet is no probe
};
struct PacketReceived {
  wire::Datagram datagram;
  std::optional<ProbeId> probe;  ///< the probe it answers; absent when unmatched
};
struct TraceFinished {
  Trace trace;
};

/// What presenters receive, in the order of occurrence.
struct Event {
  Instant at;
  std::variant<
      TraceStarted,
      ProbeSettled,
      HopSettled,
      PortSettled,
      DistanceKnown,
      NameKnown,
      PacketSent,
      PacketReceived,
      TraceFinished>
      what;
};

}  // namespace synroute::model
