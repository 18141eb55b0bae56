// SPDX-License-Identifier: Apache-2.0
#include "os/network/socket_options.hpp"

#include "os/check.hpp"

#include <array>

#include <net/if.h>
#include <sys/socket.h>

namespace synroute::os {

void set_option(std::string_view attempt, int descriptor, int level, int name, int value) {
  check(attempt, ::setsockopt(descriptor, level, name, &value, sizeof value));
}

namespace {

bool leaves_by(int descriptor, std::string_view interface) {
  std::array<char, IFNAMSIZ> name{};
  socklen_t size = name.size();
  return ::getsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name.data(), &size) == 0
         && std::string_view{name.data()} == interface;
}

}  // namespace

void set_egress(int descriptor, const Egress& egress) {
  if (!egress.interface.empty() && !leaves_by(descriptor, egress.interface)) {
    const std::string attempt = "use interface " + egress.interface;
    check(
        attempt,
        ::setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_BINDTODEVICE,
            egress.interface.data(),
            static_cast<socklen_t>(egress.interface.size())));
  }
  if (egress.mark != 0) {
    const std::string attempt = "set mark " + std::to_string(egress.mark);
    check(attempt, ::setsockopt(descriptor, SOL_SOCKET, SO_MARK, &egress.mark, sizeof egress.mark));
  }
}

}  // namespace synroute::os
