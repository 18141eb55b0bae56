// SPDX-License-Identifier: Apache-2.0
#include "transport/refusal.hpp"

#include <cerrno>

namespace synroute::transport {

model::Refusal refusal_of(int error) {
  using enum model::Refusal;
  switch (error) {
    case EPERM: return NotPermitted;
    case EACCES: return Prohibited;
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN: return NoBuffers;
    case EMSGSIZE: return TooLong;
    case ENETUNREACH:
    case EHOSTUNREACH: return NoRoute;
    case ENETDOWN:
    case ENODEV:
    case ENXIO: return InterfaceDown;
    case EADDRNOTAVAIL:
    case EINVAL: return AddressGone;
    case EMFILE:
    case ENFILE: return NoDescriptors;
    default: return Other;
  }
}

bool may_be_pending(int error) {
  // What icmp_err_convert and icmpv6_err_convert of the kernel can leave in a socket.
  switch (error) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
    case ECONNREFUSED:
    case EMSGSIZE:
    case EOPNOTSUPP:
    case EHOSTDOWN:
    case ENONET:
    case EPROTO:
    case EACCES: return true;
    default: return false;
  }
}

}  // namespace synroute::transport
