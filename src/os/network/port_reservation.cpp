// SPDX-License-Identifier: Apache-2.0
#include "os/network/port_reservation.hpp"

#include "os/check.hpp"
#include "os/network/socket_address.hpp"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace synroute::os {
namespace {

std::string attempt_of(Port port, const IpAddress& source) {
  return "reserve source port " + std::to_string(port.value()) + " on " + source.to_string();
}

/// Whether any TCP socket of this host has the port, by the kernel's table (proc(5), net/tcp): the
/// second word of a row is the local address and port, in hexadecimal. Addresses are not looked at:
/// most listen on all.
bool is_bound(Family family, Port port) {
  // A socket of IPv6 usually takes the port in IPv4 too.
  for (const char* const table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    if (family == Family::V6 && !std::string_view{table}.ends_with('6')) {
      continue;
    }
    std::ifstream rows{table};
    std::string row;
    std::getline(rows, row);  // the heading
    while (std::getline(rows, row)) {
      std::istringstream words{row};
      std::string number;
      std::string local;
      words >> number >> local;
      const std::size_t colon = local.rfind(':');
      std::uint16_t bound = 0;
      if (colon != std::string::npos) {
        const std::span<const char> digits = std::span{local}.subspan(colon + 1);
        std::from_chars(std::to_address(digits.begin()), std::to_address(digits.end()), bound, 16);
      }
      if (bound == port.value()) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

PortReservation::PortReservation(const Request& request)
    : source_{request.source},
      interface_{request.egress.interface},
      low_ports_unheld_{request.low_ports_unheld},
      shared_{request.shared} {
  for (const Port port : request.ports) {
    try {
      hold(port);
    } catch (const SystemError& error) {
      const bool is_range_used_up = port == Port{0} && error.error() == EADDRINUSE;
      if (!is_range_used_up || ports_.empty()) {
        throw;
      }
      return;
    }
  }
}

Port PortReservation::add() {
  return hold(Port{0});
}

bool PortReservation::may_go_unheld(Port port) const {
  if (!low_ports_unheld_) {
    return false;
  }
  if (is_bound(source_.family(), port)) {
    const std::string attempt = attempt_of(port, source_);
    throw SystemError{attempt, EADDRINUSE};
  }
  return true;
}

Port PortReservation::hold(Port port) {
  Fd socket{check(
      "open TCP socket",
      ::socket(address_family(source_.family()), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP))};
  if (source_.family() == Family::V6) {
    set_option("use IPv6 only", socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  }
  if (shared_) {
    set_option("share source port", socket.get(), SOL_SOCKET, SO_REUSEADDR);
  }
  set_egress(socket.get(), {.interface = interface_});
  const SocketAddress wanted{source_, port};
  const std::string attempt = attempt_of(port, source_);
  const int bound = ::bind(socket.get(), wanted.data(), wanted.size());
  if (bound != 0 && errno == EACCES && may_go_unheld(port)) {
    return ports_.emplace_back(port);
  }
  if (bound != 0 && port == Port{0} && errno == EADDRINUSE) {
    throw SystemError{
        "reserve a source port on " + source_.to_string(),
        EADDRINUSE,
        "none is free, see net.ipv4.ip_local_port_range"};
  }
  check(attempt, bound);
  SocketAddress given;
  check("read source port", ::getsockname(socket.get(), given.data(), given.size_slot()));
  sockets_.push_back(std::move(socket));
  return ports_.emplace_back(given.port());
}

}  // namespace synroute::os
