// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/connection_tuple.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::transport {

/// A TCP segment of this host as a device was given it: behind routing, firewall and NAT.
struct OutgoingCopy {
  model::ConnectionTuple tuple;
  std::uint32_t sequence = 0;
  wire::TcpFlags flags;
  Ttl ttl;
  std::uint32_t interface = 0;  ///< index of the device
  bool by_loopback = false;
};

/// Hears what this host sends. A packet socket gets a copy of each outgoing packet only when it is
/// bound to ETH_P_ALL; one bound to ETH_P_IP gets none, so this is another socket than the one that
/// hears answers. While the next hop is a known neighbour the kernel queues the copy before
/// sendto() returns. Without that, no copy appears until address resolution is done.
class OutgoingCopies {
 public:
  /// `socket`: AF_PACKET, SOCK_DGRAM, protocol 0, open for as long as this lives. Hears segments
  /// with these flags (of SYN, ACK, FIN, RST) from now on. Throws os::SystemError.
  OutgoingCopies(int socket, Family family, wire::TcpFlags flags);
  OutgoingCopies(const OutgoingCopies&) = delete;
  OutgoingCopies& operator=(const OutgoingCopies&) = delete;
  /// Unbinds the socket, which then costs this host nothing.
  ~OutgoingCopies();

  /// Appends what has been sent since the last call: by anyone on this host, so look at it again.
  void receive(std::vector<OutgoingCopy>& into);
  /// Copies the kernel had no room for; while this grows, a missing copy proves nothing.
  [[nodiscard]] std::uint64_t dropped();
  [[nodiscard]] int descriptor() const { return socket_; }

 private:
  int socket_;
  std::uint64_t dropped_ = 0;
};

}  // namespace synroute::transport
