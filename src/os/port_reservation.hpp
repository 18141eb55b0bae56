// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "os/fd.hpp"
#include "os/socket_options.hpp"

#include <cstddef>
#include <vector>

namespace synroute::os {

/// Holds TCP source ports so that nobody else on this host uses them. The sockets are bound, but
/// neither listen nor connect: the kernel still answers a SYN|ACK to them with RST, which frees the
/// half-open entry at the target (RFC 9293 §3.5.2).
class PortReservation {
 public:
  struct Wish {
    IpAddress source;
    Egress egress;
    std::vector<Port> ports = {Port{0}};  ///< 0: the kernel chooses a free one
  };

  /// Throws SystemError naming the port that cannot be had.
  explicit PortReservation(const Wish& wish);

  /// In the order wished for.
  [[nodiscard]] const std::vector<Port>& ports() const { return ports_; }
  /// One more port, chosen by the kernel.
  Port add();

 private:
  Port hold(Port port);

  IpAddress source_;
  Egress egress_;
  std::vector<Fd> sockets_;
  std::vector<Port> ports_;
};

}  // namespace synroute::os
