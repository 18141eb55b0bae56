// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "os/fd.hpp"
#include "os/network/socket_options.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace synroute::os {

/// Holds TCP source ports so that nobody else on this host uses them. The sockets are bound, but
/// neither listen nor connect: the kernel still answers a SYN|ACK to them with RST, which frees the
/// half-open entry at the target (RFC 9293 §3.5.2). It does the same for ports nobody has bound.
class PortReservation {
 public:
  struct Request {
    IpAddress source;
    Egress egress;                        ///< the mark does not matter here
    std::vector<Port> ports = {Port{0}};  ///< 0: the kernel chooses a free one
    /// The process gave up the right to bind ports below 1024, and may use them: one that nobody
    /// has bound is then used without being held. Nobody without that right can take it.
    bool low_ports_unheld = false;
    /// Other sockets of ours may use the ports as well, if they set SO_REUSEADDR before binding.
    bool shared = false;
  };

  /// Throws SystemError naming the port that cannot be had. Of those that the kernel chooses, one
  /// is enough: there may be fewer free ones than requested.
  explicit PortReservation(const Request& request);

  /// In the order requested.
  [[nodiscard]] const std::vector<Port>& ports() const { return ports_; }
  /// One more port, chosen by the kernel.
  Port add();

 private:
  Port hold(Port port);
  [[nodiscard]] bool may_go_unheld(Port port) const;

  IpAddress source_;
  std::string interface_;
  bool low_ports_unheld_;
  bool shared_;
  std::vector<Fd> sockets_;
  std::vector<Port> ports_;
};

}  // namespace synroute::os
