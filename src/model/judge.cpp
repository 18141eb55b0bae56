// SPDX-License-Identifier: Apache-2.0
#include "model/judge.hpp"

#include "wire/icmp_names.hpp"

namespace synroute::model {

PortState state_of_unreachable(const Reply& reply) {
  const auto code = wire::unreachable_code(reply.from.family(), reply.icmp_type, reply.icmp_code);
  return code.prohibited ? PortState::Rejected : PortState::Unreachable;
}

bool agrees_to_ecn(const Reply& reply) {
  return reply.flags.has(wire::TcpFlag::Ece) && !reply.flags.has(wire::TcpFlag::Cwr);
}

}  // namespace synroute::model
