// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/fragments.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/packet.hpp"
#include "sim/stack/tcp_stack.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// How a host treats packets addressed to it: its own firewall, TCP, UDP and echo. Answers are sent
/// from the address that was addressed. Independent of World: packets and time are passed in.
class IpStack {
 public:
  IpStack(const HostSettings& settings, std::uint64_t seed);

  /// Handles a packet for one of the host's addresses. Appends the immediate answers; none when the
  /// packet is dropped.
  void handle(const Packet& packet, Instant now, std::vector<Packet>& answers);
  [[nodiscard]] std::optional<Instant> deadline() const { return tcp_.deadline(); }
  void advance(Instant now, std::vector<Packet>& answers) { tcp_.advance(now, answers); }

 private:
  void handle_whole(const Packet& packet, Instant now, std::vector<Packet>& answers);
  void handle_tcp(const Packet& packet, Instant now, std::vector<Packet>& answers);
  void handle_udp(const Packet& packet, Instant now, std::vector<Packet>& answers);
  void refuse(const Packet& packet, Reject kind, Instant now, std::vector<Packet>& answers);
  [[nodiscard]] Packet echo_reply(const Packet& request);

  HostSettings settings_;
  TcpStack tcp_;
  IcmpLimiter limiter_;
  Reassembly reassembly_;
  std::uint16_t next_id_;
};

/// The RST a firewall sends from the target's address for a TCP packet (nftables' "reject with tcp
/// reset").
[[nodiscard]] Packet forged_reset(const Packet& about, std::uint8_t ttl);

}  // namespace synroute::sim
