// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/connection_tuple.hpp"
#include "model/counters.hpp"
#include "model/finding.hpp"
#include "model/limits.hpp"
#include "model/port_result.hpp"
#include "model/port_state.hpp"
#include "model/probe_record.hpp"
#include "model/unattributed.hpp"
#include "model/wait_rule.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::model {

/// The target as typed and as resolved.
struct Target {
  std::string input;  ///< as typed
  std::string name;   ///< host name; empty when an address was typed
  IpAddress address;
  Port port;
  std::string service;  ///< name of the port in /etc/services; empty when it has none
  std::string zone;     ///< interface name of a link-local address; else empty
};

/// A next hop that answers neither ARP nor neighbour discovery.
struct MissingHop {
  IpAddress address;
  std::string interface;
};

/// The local end of the probes.
struct Source {
  IpAddress address;
  Port port;
  std::string interface;
  /// The next hop of this host's route to the target; absent when the target is on-link or the
  /// route is unknown.
  std::optional<IpAddress> gateway;
  /// Where rules of this host lead the probes instead, when nothing could leave because of it.
  std::optional<MissingHop> missing_hop = std::nullopt;
};

enum class Method : std::uint8_t { Raw, Connect, Sim, Replay };
/// "raw", "connect", "sim", "replay".
[[nodiscard]] std::string_view name(Method method);

enum class StopReason : std::uint8_t {
  TargetAnswered,
  Unreachable,  ///< an ICMP unreachable ended the path
  GapLimit,     ///< too many silent hops after the last answering one
  MaxTtl,       ///< the largest TTL allowed did not reach the target
  Refused,      ///< this host sent no probe
  Interrupted,
};
/// "target_answered", "unreachable", "gap_limit", "max_ttl", "refused", "interrupted".
[[nodiscard]] std::string_view name(StopReason reason);

/// The result of a trace.
struct Verdict {
  PortState state = PortState::Filtered;
  bool reached = false;  ///< the target itself answered
  /// The smallest TTL that got a TCP answer or an ICMP unreachable from the target.
  std::optional<Ttl> distance;
  StopReason stop = StopReason::GapLimit;
  /// The probe whose answer decided the state; absent when no answer came.
  std::optional<ProbeId> decided_by;
  /// The deciding SYN|ACK negotiated ECN (ECE without CWR, RFC 3168 §6.1.1).
  bool ecn = false;
};

/// Everything known about one target.
struct Trace {
  Target target;
  Source source;
  Method method = Method::Raw;
  int first_ttl = 1;
  int last_ttl = kDefaultLastTtl;
  int queries = 3;
  std::optional<WaitRule> wait;   ///< absent for a replay
  std::size_t packet_length = 0;  ///< bytes of a probe, IP header included
  WallTime started_at;
  Duration duration{};
  std::vector<ProbeRecord> probes;  ///< in the order of sending; ProbeId is the index
  /// What NAT rules of this host itself do to connections to the target; empty when nothing.
  std::vector<OwnTranslation> own_translations;
  Verdict verdict;
  std::vector<Finding> findings;
  Counters counters;
  std::vector<Unattributed> unattributed;
  std::vector<PortResult> ports;  ///< of a scan, ascending; empty for a trace
};

/// Null without an id, for an id out of range, and for a probe without an answer.
[[nodiscard]] const Reply* reply_to(const Trace& trace, std::optional<ProbeId> probe);
/// Whether this host's TCP was given the answer to this probe; NotTested without one.
[[nodiscard]] Delivery delivery_of(const Trace& trace, std::optional<ProbeId> probe);
/// The probe whose answer decided the state of the port; null when no answer came.
[[nodiscard]] const ProbeRecord* deciding_probe(const Trace& trace);
/// The answer that decided: that of the deciding probe or, where resets are forged, the reset.
[[nodiscard]] const Reply* deciding_reply(const Trace& trace);
/// The same for a port of a scan.
[[nodiscard]] const Reply* deciding_reply(const Trace& trace, const PortResult& result);
/// The probe to which the answer that decided on the port is a forged reset (the first in
/// `disproved`); null for any other.
[[nodiscard]] const ProbeRecord* forged_by(const Trace& trace, const PortResult& result);
/// The probes this host did not send, in the order of sending. The pointers are valid as long as
/// the records of the trace.
[[nodiscard]] std::map<Refusal, std::vector<const ProbeRecord*>> refused_probes(const Trace& trace);
[[nodiscard]] bool has_finding(const Trace& trace, FindingKind kind);

}  // namespace synroute::model
