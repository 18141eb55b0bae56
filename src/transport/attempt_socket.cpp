// SPDX-License-Identifier: Apache-2.0
#include "transport/attempt_socket.hpp"

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::transport {

os::Fd open_attempt_socket(Family family) {
  return os::Fd{::socket(
      os::address_family(family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
}

Preparation& Preparation::note(int result) {
  if (result != 0 && error_ == 0) {
    error_ = errno;
  }
  return *this;
}

Preparation& Preparation::set(int level, int name, int value) {
  return note(::setsockopt(descriptor_, level, name, &value, sizeof value));
}

Preparation& Preparation::bind(const os::SocketAddress& address) {
  return note(::bind(descriptor_, address.data(), address.size()));
}

Preparation& Preparation::leave_by(const os::Egress& egress) {
  if (!egress.interface.empty()) {
    const auto size = static_cast<socklen_t>(egress.interface.size());
    note(::setsockopt(descriptor_, SOL_SOCKET, SO_BINDTODEVICE, egress.interface.data(), size));
  }
  return egress.mark != 0 ? set(SOL_SOCKET, SO_MARK, static_cast<int>(egress.mark)) : *this;
}

void shape(Preparation& socket, const wire::IpHeader& ip, bool one_flow) {
  if (ip.family() == Family::V4) {
    socket.set(IPPROTO_IP, IP_TTL, ip.ttl.value())
        .set(IPPROTO_IP, IP_TOS, ip.tos)
        .set(IPPROTO_IP, IP_MTU_DISCOVER, ip.dont_fragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT)
        .set(IPPROTO_IP, IP_RECVERR)
        .set(IPPROTO_IP, IP_RECVERR_RFC4884)
        .set(IPPROTO_IP, IP_RECVTTL)
        .set(IPPROTO_IP, IP_RECVTOS);
  } else {
    socket.set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, ip.ttl.value())
        .set(IPPROTO_IPV6, IPV6_TCLASS, ip.tos)
        .set(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, one_flow ? 0 : 1)
        .set(IPPROTO_IPV6, IPV6_RECVERR)
        .set(IPPROTO_IPV6, IPV6_RECVERR_RFC4884)
        .set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT)
        .set(IPPROTO_IPV6, IPV6_RECVTCLASS);
  }
}

std::optional<tcp_info> state_of(int descriptor) {
  tcp_info state{};
  socklen_t size = sizeof state;
  const int result = ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &state, &size);
  return result == 0 ? std::optional{state} : std::nullopt;
}

int pending_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace synroute::transport
