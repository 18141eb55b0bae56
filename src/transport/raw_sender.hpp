// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/clock.hpp"
#include "os/network/neighbour.hpp"
#include "os/network/socket_options.hpp"
#include "seam/transport.hpp"
#include "transport/handovers.hpp"
#include "transport/local_end.hpp"
#include "transport/raw_sockets.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace synroute::transport {

/// Sends whole IP packets through a raw socket, so that routing, VRFs, marks and tunnels treat them
/// as they treat real connections, and hears from the kernel when each of them left.
class RawSender {
 public:
  /// Throws os::SystemError. The sockets outlive it and bear the mark of the egress already. With a
  /// next hop packets are handed to that neighbour past routing table and local firewall; for the
  /// time of leaving the moment before it is all there is then.
  RawSender(
      const RawSockets& sockets,
      const IpAddress& source,
      const os::Egress& egress,
      const std::optional<os::Neighbour>& next_hop);

  /// Appends one Sent or NotSent per packet, and returns how many packets these are: the next one
  /// found no room in a queue of this host. The time of a Sent is read before the packet is handed
  /// over: an answer can never seem older than its probe.
  std::size_t send(std::span<const seam::Outgoing> batch, std::vector<seam::Incoming>& into);
  /// Appends a Sent for each kernel stamp that has come since.
  void collect_stamps(
      const os::StampClock& clock, Instant read_at, std::vector<seam::Incoming>& into);
  /// Reads the stamps from the socket; collect_stamps() converts them.
  void read_stamps();

 private:
  struct Unstamped {
    std::optional<seam::Token> token;  ///< none once its stamp has come
    Instant before;
  };
  struct Stamped {
    seam::Token token = 0;
    Instant before;
    WallTime stamp;
  };

  /// False: there was no room.
  bool send(const seam::Outgoing& outgoing, std::vector<seam::Incoming>& into);
  /// 0 or the error number.
  [[nodiscard]] int transmit(const Handover& handover, const wire::Datagram& datagram) const;
  [[nodiscard]] int hand_to(const Handover& handover, const wire::Datagram& datagram) const;
  [[nodiscard]] int hand_to_next_hop(const wire::Datagram& datagram) const;
  void remember(seam::Token token, Instant before);
  void number_from_zero();
  void assign(std::uint32_t number, WallTime stamp);

  int socket_;
  int link_socket_;
  std::optional<os::Neighbour> next_hop_;
  LocalEnd end_;
  Handovers handovers_;
  std::uint32_t first_number_ = 0;   ///< the kernel's number of unstamped_.front()
  std::deque<Unstamped> unstamped_;  ///< in the order of sending, at most kMaxUnstamped
  std::vector<Stamped> stamped_;
};

}  // namespace synroute::transport
