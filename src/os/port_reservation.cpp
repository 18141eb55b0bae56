// SPDX-License-Identifier: Apache-2.0
#include "os/port_reservation.hpp"

#include "os/check.hpp"
#include "os/socket_address.hpp"

#include <string>

#include <netinet/in.h>

namespace synroute::os {

PortReservation::PortReservation(const Wish& wish) : source_{wish.source}, egress_{wish.egress} {
  for (const Port port : wish.ports) {
    hold(port);
  }
}

Port PortReservation::add() {
  return hold(Port{0});
}

Port PortReservation::hold(Port port) {
  Fd socket{check(
      "open TCP socket",
      ::socket(address_family(source_.family()), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP))};
  if (source_.family() == Family::V6) {
    set_option("use IPv6 only", socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  }
  set_egress(socket.get(), egress_);
  const SocketAddress wanted{source_, port};
  const std::string attempt =
      "reserve source port " + std::to_string(port.value()) + " on " + source_.to_string();
  check(attempt, ::bind(socket.get(), wanted.data(), wanted.size()));
  SocketAddress given;
  check("read source port", ::getsockname(socket.get(), given.data(), given.size_slot()));
  sockets_.push_back(std::move(socket));
  return ports_.emplace_back(given.port());
}

}  // namespace synroute::os
