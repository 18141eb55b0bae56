// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_sockets.hpp"

#include "os/check.hpp"
#include "os/network/socket_address.hpp"
#include "os/network/socket_options.hpp"
#include "os/rights/filter.hpp"
#include "os/rights/rights.hpp"

#include <array>
#include <cerrno>
#include <string_view>

#include <linux/icmp.h>
#include <netinet/icmp6.h>
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
os::Fd open_v6(int protocol) {
  return os::Fd{::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol)};
}

/// Lets errors through only (ICMP types 3, 11 and 12).
os::Fd open_admitted_v4() {
  os::Fd socket = open_or_explain("open ICMP socket", AF_INET, SOCK_RAW, IPPROTO_ICMP);
  constexpr std::uint32_t kErrors =
      1U << ICMP_DEST_UNREACH | 1U << ICMP_TIME_EXCEEDED | 1U << ICMP_PARAMETERPROB;
  const icmp_filter filter{.data = ~kErrors};
  os::check(
      "choose ICMP errors",
      ::setsockopt(socket.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof filter));
  return socket;
}

/// ICMPv6 types 1 to 4.
os::Fd open_admitted_v6() {
  os::Fd socket = open_v6(IPPROTO_ICMPV6);
  if (socket.is_open()) {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    for (const int type :
         {ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG, ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB}) {
      ICMP6_FILTER_SETPASS(type, &filter);
    }
    os::check(
        "choose ICMP errors",
        ::setsockopt(socket.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter));
  }
  return socket;
}

/// Hears nothing until it is used: it would otherwise get a copy of every segment for this host.
void reject_everything(int descriptor) {
  os::attach_filter(descriptor, {{BPF_RET | BPF_K, 0, 0, 0}});
}

os::Fd open_tcp(int family) {
  os::Fd socket{::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP)};
  if (socket.is_open()) {
    reject_everything(socket.get());
  }
  return socket;
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
      sender_v6_{open_v6(IPPROTO_RAW)},
      sender_link_local_{open_v6(IPPROTO_RAW)},
      admitted_v4_{open_admitted_v4()},
      admitted_v6_{open_admitted_v6()},
      tcp_v4_{open_tcp(AF_INET)},
      tcp_v6_{open_tcp(AF_INET6)},
      // Protocol 0: the socket hears nothing yet.
      receiver_{open_or_explain("open packet socket", AF_PACKET, SOCK_DGRAM, 0)},
      outgoing_{open_or_explain("open packet socket", AF_PACKET, SOCK_DGRAM, 0)},
      release_{std::array{receiver_.get(), outgoing_.get()}} {
  for (const os::Fd* hearing :
       {&receiver_, &outgoing_, &admitted_v4_, &admitted_v6_, &tcp_v4_, &tcp_v6_}) {
    if (hearing->is_open()) {
      enlarge_buffer(hearing->get());
    }
  }
  for (const os::Fd* sender : {&sender_v4_, &sender_v6_, &sender_link_local_}) {
    if (sender->is_open()) {
      os::set_egress(sender->get(), {.interface = {}, .mark = mark});
    }
  }
}

int RawSockets::admitted(Family family) const {
  const os::Fd& socket = family == Family::V4 ? admitted_v4_ : admitted_v6_;
  return socket.is_open() ? socket.get() : -1;
}

int RawSockets::tcp(Family family) const {
  const os::Fd& socket = family == Family::V4 ? tcp_v4_ : tcp_v6_;
  return socket.is_open() ? socket.get() : -1;
}

int RawSockets::sender(const IpAddress& source) const {
  const os::Fd& six = source.is_link_local() ? sender_link_local_ : sender_v6_;
  const os::Fd& socket = source.family() == Family::V4 ? sender_v4_ : six;
  if (!socket.is_open()) {
    throw os::SystemError{"send over IPv6", EAFNOSUPPORT};
  }
  return socket.get();
}

}  // namespace synroute::transport
