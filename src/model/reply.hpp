// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "wire/icmp.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace synroute::model {

enum class ReplyKind : std::uint8_t {
  TimeExceeded,
  SynAck,  ///< also a bare SYN (simultaneous open)
  Rst,
  Ack,          ///< bare ACK: the host is reached and knows this 4-tuple; says nothing of the port
  Unreachable,  ///< ICMP destination unreachable, parameter problem or packet too big
};

/// "time_exceeded", "syn_ack", "rst", "ack", "unreachable".
[[nodiscard]] std::string_view name(ReplyKind kind);

/// How a quoted IP ID relates to the one sent.
enum class IdGrade : std::uint8_t { Unknown, Same, Swapped, Zero, Other };

/// Which keys of the probe came back unchanged, and which did not: evidence of rewriting boxes.
struct MatchGrade {
  IdGrade ip_id = IdGrade::Unknown;
  bool sequence_rewritten = false;
  bool source_rewritten = false;       ///< quote shows another source address than ours
  bool destination_rewritten = false;  ///< quote shows another destination address than the target
  bool ports_rewritten = false;
  friend bool operator==(const MatchGrade&, const MatchGrade&) = default;
};

/// What came back for one probe, grouped by where in the packet it was found.
struct Reply {
  ReplyKind kind = ReplyKind::TimeExceeded;
  Instant received;
  Duration rtt{};

  // The reply's own IP header.
  IpAddress from;
  std::optional<Ttl> ttl;  ///< absent when the transport cannot see it
  std::uint8_t tos = 0;
  std::uint16_t ip_id = 0;

  // The ICMP message, when it is one.
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::optional<std::uint32_t> next_hop_mtu;
  std::optional<wire::Quote> quote;
  wire::Extensions extensions;

  // The TCP segment, when it is one.
  wire::TcpFlags flags;
  std::uint16_t window = 0;
  wire::TcpOptions options;

  MatchGrade grade;

  [[nodiscard]] bool is_tcp() const {
    return kind == ReplyKind::SynAck || kind == ReplyKind::Rst || kind == ReplyKind::Ack;
  }
  [[nodiscard]] std::optional<Ttl> quoted_ttl() const {
    return quote && quote->ip ? std::optional{quote->ip->ttl} : std::nullopt;
  }
};

/// Two answers to one probe, as they came, that cannot both be the target's: it sends no reset for
/// a SYN that it accepts, nor for one that ran out of hops on the way. Whoever sent the reset
/// stands before it and lets the SYN pass.
[[nodiscard]] bool reset_is_contradicted(const Reply& first, const Reply& second);

/// How many routers a packet that arrives with this TTL has passed, when it began with one of those
/// that systems use (32, 64, 128, 255).
[[nodiscard]] int routers_passed(Ttl left);

}  // namespace synroute::model
