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

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::model {

/// What the user asked for and what it became.
struct Target {
  std::string input;  ///< as typed
  std::string name;   ///< host name; empty when an address was typed
  IpAddress address;
  Port port;
  std::string service;  ///< name of the port in /etc/services; empty when it has none
  std::string zone;     ///< interface name of a link-local address; else empty
};

/// Where the probes leave from.
struct Source {
  IpAddress address;
  Port port;
  std::string interface;
  /// The router that the route of this host leads by; absent when the target is a neighbour, or
  /// when nobody knows.
  std::optional<IpAddress> gateway;
};

enum class Method : std::uint8_t { Raw, Connect, Sim, Replay };
/// "raw", "connect", "sim", "replay".
[[nodiscard]] std::string_view name(Method method);

enum class StopReason : std::uint8_t {
  TargetAnswered,
  Unreachable,  ///< an ICMP unreachable ended the path
  GapLimit,     ///< too many silent hops after the last answer
  MaxTtl,       ///< the last TTL asked for did not reach the target
  Refused,      ///< this host let no probe out
  Interrupted,
};
/// "target_answered", "unreachable", "gap_limit", "max_ttl", "refused", "interrupted".
[[nodiscard]] std::string_view name(StopReason reason);

/// What is concluded once a trace ends.
struct Verdict {
  PortState state = PortState::Filtered;
  bool reached = false;         ///< the target itself answered
  std::optional<Ttl> distance;  ///< the smallest TTL that got a TCP answer from the target
  StopReason stop = StopReason::GapLimit;
  std::optional<ProbeId>
      decided_by;  ///< the probe whose answer decided the state; none for silence
  /// The deciding SYN|ACK agreed to ECN (ECE without CWR, RFC 3168 §6.1.1).
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
  std::size_t packet_length = 0;  ///< IP total length of a probe
  WallTime started_at;
  Duration duration{};
  std::vector<ProbeRecord> probes;  ///< in the order of sending; ProbeId is the index
  /// What NAT rules of this host itself do to connections to the target; empty when nothing.
  std::vector<OwnTranslation> own_translations;
  Verdict verdict;
  std::vector<Finding> findings;
  Counters counters;
  std::vector<PortResult> ports;  ///< of a scan, by port; empty for a trace
};

/// The probe whose answer decided the state of the port; null when silence did.
[[nodiscard]] const ProbeRecord* deciding_probe(const Trace& trace);
/// Its answer: that of the deciding probe, or, where resets are forged, the reset.
[[nodiscard]] const Reply* deciding_reply(const Trace& trace);

}  // namespace synroute::model
