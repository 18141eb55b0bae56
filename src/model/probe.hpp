// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace synroute::model {

/// Why a probe was sent.
enum class ProbeRole : std::uint8_t {
  Hop,      ///< on the path shown, with a TTL that may run out
  Direct,   ///< to the target, full TTL, own source port: for port state and RTT
  Confirm,  ///< on the path shown, full TTL: checks an RST received at the arrival TTL
};
inline constexpr std::size_t kProbeRoles = 3;

/// One probe as it was sent.
struct Probe {
  ProbeId id;
  FlowId flow;
  ProbeRole role = ProbeRole::Hop;
  Ttl ttl;
  int attempt = 1;  ///< counts from 1 within one TTL (within the role for Direct and Confirm)
  IpAddress target;
  Port source_port;
  Port target_port;
  std::uint32_t sequence = 0;
  std::uint16_t ip_id = 0;            ///< IPv4; never 0
  std::uint32_t timestamp_value = 0;  ///< 0 when the option is off
  std::uint16_t payload_length = 0;
  wire::TcpFlags flags = wire::TcpFlag::Syn;  ///< decide what an answer means
  bool has_left = false;                      ///< the transport has reported it sent
  bool has_departed = false;   ///< a device of this host was given it; only where that can be seen
  bool is_redirected = false;  ///< NAT of this host gave it another destination; seen like that
  /// The TTL that a rule of this host gave it on its way out; absent when it kept its own.
  std::optional<Ttl> ttl_set_by_host = std::nullopt;
  Instant sent;  ///< kernel stamp once known, else the driver's clock
};

}  // namespace synroute::model
