// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synroute::lab {

/// What the device carries: packets, or frames of a cable with a gateway at its other end, for
/// tracers that insist on a link with neighbours.
enum class LinkKind : std::uint8_t { Packets, Ethernet };

/// A TUN or TAP device that is all of this network namespace's way out: it has the prober's
/// addresses, and the default routes lead into it. Vanishes with this object.
class Tun {
 public:
  /// Returns when the kernel answers on it: until IPv6 may use a new device, packets are lost.
  /// Throws os::SystemError when the machine refuses.
  Tun(std::span<const IpAddress> addresses, std::size_t mtu, LinkKind kind = LinkKind::Packets);

  [[nodiscard]] int descriptor() const { return device_.get(); }
  /// The next IP packet the kernel sends; empty when none waits. The view holds until the next
  /// call.
  [[nodiscard]] std::span<const std::uint8_t> read();
  /// Hands a packet to the kernel; false when it has no room.
  [[nodiscard]] bool write(std::span<const std::uint8_t> packet);

 private:
  [[nodiscard]] std::span<const std::uint8_t> read_device();
  void wait_until_up(const IpAddress& address);
  [[nodiscard]] bool gets_echo_reply();

  LinkKind kind_;
  os::Fd device_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace synroute::lab
