// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synroute::lab {

/// The payload of the device: IP packets, or Ethernet frames with a gateway at the other end, for
/// tracers that require a link with neighbours.
enum class LinkKind : std::uint8_t { Packets, Ethernet };

/// A TUN or TAP device with the prober's addresses and the default routes of this network
/// namespace. Removed with this object.
class Tun {
 public:
  /// Returns once the kernel answers on it, because packets are lost until IPv6 is enabled on a new
  /// device. Throws os::SystemError.
  Tun(std::span<const IpAddress> addresses, std::size_t mtu, LinkKind kind = LinkKind::Packets);

  [[nodiscard]] int descriptor() const { return device_.get(); }
  /// The next IP packet the kernel sends; empty when there is none. The view is valid until the
  /// next call.
  [[nodiscard]] std::span<const std::uint8_t> read();
  /// Passes a packet to the kernel; false when its queue is full.
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
