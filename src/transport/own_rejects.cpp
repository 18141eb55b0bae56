// SPDX-License-Identifier: Apache-2.0
#include "transport/own_rejects.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"
#include "os/network/packet_counters.hpp"
#include "os/network/socket_address.hpp"

#include <cerrno>
#include <cstdint>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

constexpr int kTries = 5;
constexpr int kPatienceMs = 50;

/// What the bytes sent during a refused attempt show. The reset of a rule is counted and has no
/// options, a SYN of the kernel has 4 to 20 bytes of them, and no packet is shorter than 20 bytes.
enum class Evidence : std::uint8_t {
  OnlyReset,  ///< fewer bytes than a SYN has: a rule of this host refused
  OnlySyn,    ///< a SYN left, and nothing else
  Unclear,    ///< other programs sent as well, or what leaves is not counted (some tunnels)
};

Evidence evidence_of(std::uint64_t bytes, Family family) {
  const std::uint64_t headers = family == Family::V4 ? 40 : 60;
  if (bytes < headers || bytes > headers + 20) {
    return Evidence::Unclear;
  }
  return bytes < headers + 4 ? Evidence::OnlyReset : Evidence::OnlySyn;
}

/// How a connection fails in time; 0: it does not.
int failure_of(int socket, const IpAddress& target, Port port) {
  const os::SocketAddress to{target, port};
  if (::connect(socket, to.data(), to.size()) == 0) {
    return 0;
  }
  if (errno != EINPROGRESS) {
    return errno;
  }
  pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
  int error = 0;
  socklen_t size = sizeof error;
  const bool has_ended = ::poll(&waiting, 1, kPatienceMs) == 1
                         && ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0;
  return has_ended ? error : 0;
}

/// True when an ICMP error comes in time. It may come while connect() still holds the socket, and
/// is then no error of the connection yet: only the error queue has it.
bool is_reported_at_once(int socket, const IpAddress& target, Port port) {
  const bool is_v4 = target.family() == Family::V4;
  const int wanted = 1;
  ::setsockopt(
      socket,
      is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
      is_v4 ? IP_RECVERR : IPV6_RECVERR,
      &wanted,
      sizeof wanted);
  const os::SocketAddress to{target, port};
  if (::connect(socket, to.data(), to.size()) == 0) {
    return false;
  }
  pollfd waiting{.fd = socket, .events = 0, .revents = 0};
  return ::poll(&waiting, 1, kPatienceMs) == 1 && (waiting.revents & POLLERR) != 0;
}

/// A socket to try with; not open where it cannot be had.
os::Fd socket_at(const IpAddress& source, Port port, const os::Egress& egress) {
  os::Fd socket{
      ::socket(os::address_family(source.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int shared = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared);
  const os::SocketAddress from{source, port};
  if (!socket.is_open() || ::bind(socket.get(), from.data(), from.size()) != 0) {
    return {};
  }
  try {
    os::set_egress(socket.get(), egress);
  } catch (const os::SystemError&) {
    return {};
  }
  return socket;
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

bool OwnRejects::call_unreachable(const IpAddress& source, const IpAddress& target, Port port) {
  const Endpoint endpoint{target, port};
  const auto known = unreachable_.find(endpoint);
  if (known != unreachable_.end()) {
    return known->second;
  }
  const os::Fd socket = socket_at(source, Port{0}, egress_);
  const bool result = socket.is_open() && is_reported_at_once(socket.get(), target, port);
  unreachable_.emplace(endpoint, result);
  return result;
}

bool OwnRejects::find_out(const Endpoint& source, const IpAddress& target, Port port) const {
  for (int tries = 0; tries < kTries; ++tries) {
    const os::Fd socket = socket_at(source.first, source.second, egress_);
    if (!socket.is_open()) {
      return false;
    }
    const auto before = os::octets_sent(target.family());
    if (failure_of(socket.get(), target, port) != ECONNREFUSED) {
      return false;
    }
    const auto after = os::octets_sent(target.family());
    if (!before || !after) {
      return false;
    }
    const Evidence evidence = evidence_of(*after - *before, target.family());
    if (evidence != Evidence::Unclear) {
      return evidence == Evidence::OnlyReset;
    }
  }
  return false;
}

}  // namespace synroute::transport
