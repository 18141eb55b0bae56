// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "seam/transport.hpp"

#include <cstdint>
#include <vector>

namespace synroute::transport {

/// Hears which answers this host hands to its TCP. A packet socket hears an answer before the
/// firewall (INPUT, PREROUTING), connection tracking and the reverse path check have seen it; a raw
/// TCP socket behind them, with this host's own NAT undone. What only the former hears, no
/// connection of this host ever sees.
///
/// This holds without looking at the kernel's resets: an INPUT rule that rejects makes one although
/// the answer was not delivered, and an OUTPUT rule may drop one although it was.
class Deliveries {
 public:
  /// `socket`: RawSockets::tcp() of the family; one at a time may use it. Throws os::SystemError.
  Deliveries(int socket, const IpAddress& source, const std::vector<Port>& source_ports);

  /// Appends a Delivered for each SYN|ACK and reset since the last call.
  void receive(std::vector<seam::Incoming>& into);
  [[nodiscard]] int descriptor() const { return socket_; }
  /// Some may have been missed: the kernel had no room for them.
  [[nodiscard]] bool has_lost_any() const;

 private:
  int socket_;
  IpAddress source_;
  std::uint32_t drops_before_ = 0;  ///< of whoever used the socket before
};

}  // namespace synroute::transport
