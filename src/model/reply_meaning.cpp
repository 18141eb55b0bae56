// SPDX-License-Identifier: Apache-2.0
#include "model/reply_meaning.hpp"

#include "wire/icmp_names.hpp"

#include <fmt/format.h>

namespace synroute::model {
namespace {

auto code_of(const Reply& reply) {
  return wire::unreachable_code(reply.from.family(), reply.icmp_type, reply.icmp_code);
}

}  // namespace

PortState state_of_reset(wire::TcpFlags probe) {
  const bool is_reset_by_all = probe.has(wire::TcpFlag::Ack) || probe.has(wire::TcpFlag::Rst);
  return is_reset_by_all ? PortState::Unfiltered : PortState::Closed;
}

PortState state_of_silence(wire::TcpFlags probe) {
  const bool expects_answer = probe.has(wire::TcpFlag::Syn) || probe.has(wire::TcpFlag::Ack);
  const bool may_be_ignored = probe.has(wire::TcpFlag::Rst) || probe.has(wire::TcpFlag::Fin);
  return expects_answer && !may_be_ignored ? PortState::Filtered : PortState::OpenOrFiltered;
}

PortState state_of_unreachable(const Reply& reply) {
  return code_of(reply).prohibited ? PortState::Rejected : PortState::Unreachable;
}

std::string unreachable_reason(const Reply& reply) {
  const std::string_view text = code_of(reply).name;
  const bool has_name = !text.empty() && text != name(PortState::Unreachable);
  return has_name ? std::string{text} : fmt::format("ICMP {}/{}", reply.icmp_type, reply.icmp_code);
}

bool agrees_to_ecn(const Reply& reply) {
  return reply.flags.has(wire::TcpFlag::Ece) && !reply.flags.has(wire::TcpFlag::Cwr);
}

}  // namespace synroute::model
