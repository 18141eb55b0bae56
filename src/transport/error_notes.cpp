// SPDX-License-Identifier: Apache-2.0
#include "transport/error_notes.hpp"

#include "os/clock.hpp"
#include "os/network/control_message.hpp"
#include "os/network/socket_address.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include <netinet/in.h>

namespace synroute::transport {
namespace {

void note(ErrorNotes& notes, const os::ControlMessage& part) {
  if (part.is(IPPROTO_IP, IP_RECVERR) || part.is(IPPROTO_IPV6, IPV6_RECVERR)) {
    notes.error = part.as<sock_extended_err>();
    const auto behind = part.data.subspan(std::min(part.data.size(), sizeof(sock_extended_err)));
    notes.offender = os::address_of(behind);
  } else if (part.is(SOL_SOCKET, SCM_TIMESTAMPNS)) {
    if (const auto time = part.as<timespec>()) {
      notes.stamp = WallTime{os::to_duration(*time)};
    }
  } else if (part.is(IPPROTO_IP, IP_TTL) || part.is(IPPROTO_IPV6, IPV6_HOPLIMIT)) {
    notes.ttl = part.as<int>().value_or(0);
  } else if (part.is(IPPROTO_IPV6, IPV6_TCLASS)) {
    notes.tos = part.as<int>().value_or(0);
  } else if (part.is(IPPROTO_IP, IP_TOS)) {
    notes.tos = part.as<std::uint8_t>().value_or(0);
  }
}

}  // namespace

ErrorNotes error_notes(msghdr& message) {
  ErrorNotes notes;
  os::for_each_control(message, [&notes](const os::ControlMessage& part) { note(notes, part); });
  return notes;
}

wire::Datagram icmp_datagram(const ErrorNotes& notes, const QueuedError& error) {
  wire::Datagram result;
  result.ip.source = *notes.offender;
  result.ip.destination = error.source;
  result.ip.ttl = Ttl{static_cast<std::uint8_t>(notes.ttl)};
  result.ip.tos = static_cast<std::uint8_t>(notes.tos);
  result.ip.protocol = static_cast<std::uint8_t>(
      result.ip.family() == Family::V4 ? wire::Protocol::Icmp : wire::Protocol::Icmp6);
  result.body = icmp_message(error);
  return result;
}

}  // namespace synroute::transport
