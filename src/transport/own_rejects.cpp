// SPDX-License-Identifier: Apache-2.0
#include "transport/own_rejects.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"
#include "os/network/packet_counters.hpp"
#include "os/network/socket_address.hpp"

#include <cerrno>
#include <cstdint>

#include <poll.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

constexpr int kTries = 5;
constexpr int kPatienceMs = 50;

/// What the bytes sent during a refused attempt show. The reset of a rule has no options, a SYN of
/// the kernel has 4 to 20 bytes of them, and no other packet is shorter than 28 bytes.
enum class Evidence : std::uint8_t {
  NoSyn,    ///< fewer bytes than a SYN has: a rule of this host refused
  OnlySyn,  ///< a SYN left, and nothing else
  Unclear,  ///< other programs sent as well
};

Evidence evidence_of(std::uint64_t bytes, Family family) {
  const std::uint64_t headers = family == Family::V4 ? 40 : 60;
  if (bytes < headers + 4) {
    return Evidence::NoSyn;
  }
  return bytes <= headers + 20 ? Evidence::OnlySyn : Evidence::Unclear;
}

/// True when the connection is refused in time.
bool is_refused(int socket, const IpAddress& target, Port port) {
  const os::SocketAddress to{target, port};
  if (::connect(socket, to.data(), to.size()) == 0) {
    return false;
  }
  if (errno != EINPROGRESS) {
    return errno == ECONNREFUSED;
  }
  pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
  int error = 0;
  socklen_t size = sizeof error;
  return ::poll(&waiting, 1, kPatienceMs) == 1
         && ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ECONNREFUSED;
}

}  // namespace

bool OwnRejects::refuse(
    const IpAddress& source, Port source_port, const IpAddress& target, Port port) {
  const Endpoint endpoint{target, port};
  const auto known = known_.find(endpoint);
  if (known != known_.end()) {
    return known->second;
  }
  const bool result = find_out({source, source_port}, target, port);
  known_.emplace(endpoint, result);
  return result;
}

bool OwnRejects::find_out(const Endpoint& source, const IpAddress& target, Port port) const {
  for (int tries = 0; tries < kTries; ++tries) {
    const os::Fd socket{::socket(
        os::address_family(target.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const os::SocketAddress from{source.first, source.second};
    const int shared = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared);
    if (!socket.is_open() || ::bind(socket.get(), from.data(), from.size()) != 0) {
      return false;
    }
    try {
      os::set_egress(socket.get(), egress_);
    } catch (const os::SystemError&) {
      return false;
    }
    const auto before = os::octets_sent(target.family());
    if (!is_refused(socket.get(), target, port)) {
      return false;
    }
    const auto after = os::octets_sent(target.family());
    if (!before || !after) {
      return false;
    }
    const Evidence evidence = evidence_of(*after - *before, target.family());
    if (evidence != Evidence::Unclear) {
      return evidence == Evidence::NoSyn;
    }
  }
  return false;
}

}  // namespace synroute::transport
