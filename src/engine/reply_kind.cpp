// SPDX-License-Identifier: Apache-2.0
#include "engine/reply_kind.hpp"

namespace synroute::engine {
namespace {

using model::ReplyKind;

ReplyKind kind_of(wire::TcpFlags flags) {
  if (flags.has(wire::TcpFlag::Rst)) {
    return ReplyKind::Rst;
  }
  // A bare SYN is a simultaneous open (RFC 9293 §3.5): the port is open. Any other segment shows
  // only that the target exists.
  return flags.has(wire::TcpFlag::Syn) ? ReplyKind::SynAck : ReplyKind::Ack;
}

std::optional<ReplyKind> kind_of(wire::IcmpKind kind, std::uint8_t code) {
  switch (kind) {
    case wire::IcmpKind::TimeExceeded:
      // Code 1: fragments were not reassembled in time. Whoever says so received the probe.
      return code == 0 ? std::optional{ReplyKind::TimeExceeded} : std::nullopt;
    case wire::IcmpKind::Unreachable:
    case wire::IcmpKind::PacketTooBig: return ReplyKind::Unreachable;
    case wire::IcmpKind::ParameterProblem:
    case wire::IcmpKind::SourceQuench:
    case wire::IcmpKind::Redirect:
    case wire::IcmpKind::EchoRequest:
    case wire::IcmpKind::EchoReply:
    case wire::IcmpKind::Other: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ReplyKind> kind_of(const wire::Datagram& datagram) {
  if (const auto* segment = datagram.tcp()) {
    return kind_of(segment->header.flags);
  }
  const auto* message = datagram.icmp();
  return message != nullptr
             ? kind_of(wire::kind(datagram.ip.family(), message->type), message->code)
             : std::nullopt;
}

}  // namespace synroute::engine
