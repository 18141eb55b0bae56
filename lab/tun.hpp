// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synroute::lab {

/// A TUN device that is all of this network namespace's way out: it has the prober's addresses, and
/// the default routes lead into it. Vanishes with this object.
class Tun {
 public:
  /// Throws os::SystemError when the machine refuses.
  Tun(std::span<const IpAddress> addresses, std::size_t mtu);

  [[nodiscard]] int descriptor() const { return device_.get(); }
  /// The next packet the kernel sends; empty when none waits. The view holds until the next call.
  [[nodiscard]] std::span<const std::uint8_t> read();
  /// Hands a packet to the kernel; false when it has no room.
  [[nodiscard]] bool write(std::span<const std::uint8_t> packet);

 private:
  os::Fd device_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace synroute::lab
