// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/trace.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::engine {

/// The fields that all probes of an engine share: all but TTL, IP ID, sequence number and
/// timestamp.
struct ProbeShape {
  wire::TcpFlags flags = wire::TcpFlag::Syn;
  std::uint16_t window = 64240;
  /// The value of a timestamps option in here is replaced for every probe.
  wire::TcpOptions options;
  std::uint8_t tos = 0;
  bool dont_fragment = false;
  std::vector<std::uint8_t> payload;

  /// Bytes of the whole IP packet.
  [[nodiscard]] std::size_t length(Family family) const;
};

/// What Linux sends for connect(): MSS, SACK permitted, timestamps, window scale 7, window 64240,
/// DF. `mtu` of the interface gives the MSS (MTU − 40, or − 60 for IPv6).
[[nodiscard]] ProbeShape system_syn(Family family, std::size_t mtu = 1500);
/// 20 bytes of TCP without options and window 0: what tcptraceroute sends.
[[nodiscard]] ProbeShape bare_syn();

/// What an engine is given at its construction.
struct Settings {
  /// Target, source, method, limits and start time: becomes the head of the trace.
  model::Trace head;
  /// Bound by the caller to sockets that do not listen, so that the kernel resets what the target
  /// accepts. The first belongs to the path shown (flow 0). Not needed with `one_probe_per_flow`.
  std::vector<Port> source_ports;
  /// Bound in the same way, and used for nothing but to prove that answers without our numbers come
  /// from the target (see WeakAnswers). Several engines with different targets may share them.
  /// Without them such answers are never believed.
  std::vector<Port> proof_ports;
  /// For scans: flow i goes to target_ports[i], all from the first source port. Empty: every flow
  /// goes to the port of the target, flow i from source_ports[i].
  std::vector<Port> target_ports;
  ProbeShape shape;
  /// Sequence numbers descend in small steps instead of being scattered (see Identity).
  bool descending_sequence = true;
  std::uint64_t seed = 0;
  /// The smallest time between two probes, on average (see Pacer).
  Duration pacing = std::chrono::microseconds{50};
  /// seam::TransportTraits::one_probe_per_flow: every probe gets a flow of its own and source port
  /// 0 (the transport picks one and names the probe that was answered).
  bool one_probe_per_flow = false;
  /// seam::TransportTraits::sees_departures: departed() is called for each probe that leaves, and
  /// the trace names the interface of the first.
  bool sees_departures = false;
  /// seam::TransportTraits::sees_deliveries: delivered() is called for each answer that this host's
  /// TCP was given.
  bool sees_deliveries = false;
  /// Emit PacketSent and PacketReceived events.
  bool report_packets = false;
  /// The trace ends when its strategy wants more probes sent than this.
  std::size_t probes_max = 8192;
};

}  // namespace synroute::engine
