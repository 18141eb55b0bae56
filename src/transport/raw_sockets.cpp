// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_sockets.hpp"

#include "os/check.hpp"
#include "os/rights.hpp"
#include "os/socket_address.hpp"
#include "os/socket_options.hpp"

#include <cerrno>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// 200 probes in one burst overran the default of 208 KiB. Costs nothing until it is filled.
constexpr int kReceiveBuffer = 4 * 1024 * 1024;

os::Fd open_or_explain(std::string_view attempt, int family, int kind, int protocol) {
  const int number = ::socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (number < 0) {
    const int error = errno;
    const bool rights = error == EPERM || error == EACCES;
    throw os::SystemError{attempt, error, rights ? os::rights_hint() : ""};
  }
  return os::Fd{number};
}

/// Empty where the kernel does without IPv6.
os::Fd open_sender_v6() {
  return os::Fd{::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW)};
}

void enlarge_buffer(int descriptor) {
  // FORCE goes beyond net.core.rmem_max but needs CAP_NET_ADMIN.
  if (::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer)
      != 0) {
    os::set_option("set receive buffer", descriptor, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  }
}

}  // namespace

RawSockets::RawSockets(std::uint32_t mark)
    : mark_{mark},
      sender_v4_{open_or_explain("open raw socket", AF_INET, SOCK_RAW, IPPROTO_RAW)},
      sender_v6_{open_sender_v6()},
      sender_link_local_{open_sender_v6()},
      // Protocol 0: the socket hears nothing yet.
      receiver_{open_or_explain("open packet socket", AF_PACKET, SOCK_DGRAM, 0)},
      release_{receiver_.get()} {
  enlarge_buffer(receiver_.get());
  for (const os::Fd* sender : {&sender_v4_, &sender_v6_, &sender_link_local_}) {
    if (sender->is_open()) {
      os::set_egress(sender->get(), {.interface = {}, .mark = mark});
    }
  }
}

int RawSockets::sender(const IpAddress& source) const {
  const os::Fd& socket = source.family() == Family::V4 ? sender_v4_
                         : source.is_link_local()      ? sender_link_local_
                                                       : sender_v6_;
  if (!socket.is_open()) {
    throw os::SystemError{"send over IPv6", EAFNOSUPPORT};
  }
  return socket.get();
}

}  // namespace synroute::transport
