// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp.hpp"

namespace synroute::wire {
namespace {

IcmpKind kind_v4(std::uint8_t type) {
  switch (type) {
    case 0: return IcmpKind::EchoReply;
    case 3: return IcmpKind::Unreachable;
    case 4: return IcmpKind::SourceQuench;
    case 5: return IcmpKind::Redirect;
    case 8: return IcmpKind::EchoRequest;
    case 11: return IcmpKind::TimeExceeded;
    case 12: return IcmpKind::ParameterProblem;
    default: return IcmpKind::Other;
  }
}

IcmpKind kind_v6(std::uint8_t type) {
  switch (type) {
    case 1: return IcmpKind::Unreachable;
    case 2: return IcmpKind::PacketTooBig;
    case 3: return IcmpKind::TimeExceeded;
    case 4: return IcmpKind::ParameterProblem;
    case 128: return IcmpKind::EchoRequest;
    case 129: return IcmpKind::EchoReply;
    default: return IcmpKind::Other;
  }
}

}  // namespace

IcmpKind kind(Family family, std::uint8_t type) {
  return family == Family::V4 ? kind_v4(type) : kind_v6(type);
}

std::optional<std::uint32_t> next_hop_mtu(Family family, const IcmpMessage& message) {
  std::uint32_t mtu = 0;
  if (family == Family::V4 && message.type == 3 && message.code == 4) {
    mtu = message.rest & 0xffff;
  } else if (family == Family::V6 && message.type == 2) {
    mtu = message.rest;
  }
  return mtu == 0 ? std::nullopt : std::optional{mtu};
}

}  // namespace synroute::wire
