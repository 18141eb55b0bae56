// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/background_release.hpp"
#include "os/fd.hpp"

#include <cstdint>

namespace synroute::transport {

/// All that raw packets need rights for, opened together: before anything from outside is read, and
/// of use when the rights are long given up. The sockets know no target yet, send nothing and hear
/// nothing. One transport at a time may use them.
class RawSockets {
 public:
  /// Throws os::SystemError, with a hint when rights are missing. `mark` (SO_MARK; 0: none) needs
  /// CAP_NET_ADMIN, or CAP_NET_RAW from Linux 5.17.
  explicit RawSockets(std::uint32_t mark = 0);

  /// The socket for packets from this source; throws os::SystemError when this host does not speak
  /// its family.
  [[nodiscard]] int sender(const IpAddress& source) const;
  [[nodiscard]] int receiver() const { return receiver_.get(); }
  /// Hears the ICMP errors of a family that got past this host's own firewall; -1: unavailable.
  [[nodiscard]] int admitted(Family family) const;
  /// Hears what this host sends, once bound (see OutgoingCopies).
  [[nodiscard]] int outgoing() const { return outgoing_.get(); }
  /// Hears the TCP segments of a family that this host delivers (see Deliveries); -1:
  /// unavailable.
  [[nodiscard]] int tcp(Family family) const;
  [[nodiscard]] std::uint32_t mark() const { return mark_; }

 private:
  std::uint32_t mark_;
  os::Fd sender_v4_;
  os::Fd sender_v6_;
  /// Binding to a link-local address ties a socket to its interface, which it then cannot leave
  /// without rights: so those have one of their own.
  os::Fd sender_link_local_;
  os::Fd admitted_v4_;
  os::Fd admitted_v6_;
  os::Fd tcp_v4_;
  os::Fd tcp_v6_;
  os::Fd receiver_;
  os::Fd outgoing_;
  os::BackgroundRelease release_;
};

}  // namespace synroute::transport
