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

/// A trace begins: target, source, method and limits are set, nothing else.
struct TraceStarted {
  Trace head;
};
/// A probe was answered, given up or refused. Sent once per probe, and again when a late answer
/// arrives before the trace ends.
struct ProbeSettled {
  ProbeRecord record;
};
/// Everything about this TTL that will be asked has been settled. In order of settling, not of TTL;
/// rows beyond the target are never announced. Once per TTL.
struct HopSettled {
  Ttl ttl;
  std::vector<ProbeRecord> probes;  ///< by attempt: what model::hops() will show on this row
};
/// A scan has made up its mind about a port; again when a late answer or its fate changes the
/// result.
struct PortSettled {
  PortResult result;
};
/// The smallest TTL the target has answered became known, or smaller.
struct DistanceKnown {
  Ttl distance;
};
/// The reverse name of an address; absent when there is none.
struct NameKnown {
  IpAddress address;
  std::optional<std::string> name;  ///< bytes from the network: sanitise before showing
};
/// For -d: a packet left or arrived.
struct PacketSent {
  wire::Datagram datagram;
  std::optional<ProbeId> probe = std::nullopt;  ///< which one it is, where that is known
};
struct PacketReceived {
  wire::Datagram datagram;
  std::optional<ProbeId> probe;  ///< whose answer it is; none when unmatched
};
struct TraceFinished {
  Trace trace;
};

/// What observers are told, in order.
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
