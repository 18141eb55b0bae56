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
  Ack,  ///< bare ACK: the host has a connection with this 4-tuple; not the state of the port
  Unreachable,  ///< ICMP destination unreachable, parameter problem or packet too big
};

/// "time_exceeded", "syn_ack", "rst", "ack", "unreachable".
[[nodiscard]] std::string_view name(ReplyKind kind);

/// How a quoted IP ID relates to the one sent.
enum class IdGrade : std::uint8_t { Unknown, Same, Swapped, Zero, Other };

/// By what an answer names its probe.
enum class Proof : std::uint8_t {
  Weak,   ///< addresses and ports; a test showed that the target answers so
  Half,   ///< the IP ID; several such answers proved each other
  Exact,  ///< a number of 31 bits or more
};

/// Which keys of the probe came back changed: evidence of middleboxes that rewrite.
struct MatchGrade {
  Proof proof = Proof::Exact;
  IdGrade ip_id = IdGrade::Unknown;
  bool sequence_rewritten = false;
  bool source_rewritten = false;       ///< quote shows another source address than ours
  bool destination_rewritten = false;  ///< quote shows another destination address than the target
  bool ports_rewritten = false;
  friend bool operator==(const MatchGrade&, const MatchGrade&) = default;
};

/// A quoted field differs from what was sent, other than by the order of the bytes.
[[nodiscard]] bool is_rewritten(const MatchGrade& grade);

/// The answer to one probe, grouped by the header it was read from.
struct Reply {
  ReplyKind kind = ReplyKind::TimeExceeded;
  Instant received;
  Duration rtt{};

  // The reply's own IP header.
  IpAddress from;
  std::optional<Ttl> ttl;  ///< absent when the transport has no access to it
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

/// An ICMP error that shows fewer numbers of the probe, or other ones, than an unaltered quote
/// would. A better answer to the same probe disproves it.
[[nodiscard]] inline bool is_poor(const Reply& reply) {
  return !reply.is_tcp() && (reply.grade.proof != Proof::Exact || is_rewritten(reply.grade));
}

/// Two answers to one probe, in the order of arrival, cannot both be the target's, and one is a
/// reset: the target sends none for a SYN that it accepts, nor for one that expired on the way. The
/// sender of the reset is a middlebox before the target that forwards the SYN.
[[nodiscard]] bool reset_is_contradicted(const Reply& first, const Reply& second);

/// How many routers a packet that arrives with this TTL has passed, if its initial TTL was the
/// smallest usual one that is not below (see kInitialTtls).
[[nodiscard]] int routers_passed(Ttl left);

/// SYN|ACK or reset: the answers that TCP acts on, and whose delivery to it can be seen. A bare SYN
/// is another matter.
[[nodiscard]] inline bool answers_handshake(const Reply& reply) {
  const bool is_bare_syn =
      reply.flags.has(wire::TcpFlag::Syn) && !reply.flags.has(wire::TcpFlag::Ack);
  return (reply.kind == ReplyKind::SynAck && !is_bare_syn) || reply.kind == ReplyKind::Rst;
}

}  // namespace synroute::model
