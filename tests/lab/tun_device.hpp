// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet_bytes.hpp"

#include <string>

namespace synroute::lab {

/// What a device carries: bare IP datagrams, or frames of a link with neighbours to ask for.
enum class Carries { Datagrams, Frames };

/// A TUN or TAP device in a network namespace of choice. It vanishes with this object.
/// Throws std::system_error when the machine refuses.
class TunDevice {
 public:
  /// `place` is `NAMESPACE:DEVICE`, the namespace a name known to `ip netns` or a path.
  TunDevice(const std::string& place, Carries carries);
  TunDevice(TunDevice&& other) noexcept;
  TunDevice(const TunDevice&) = delete;
  TunDevice& operator=(TunDevice&&) = delete;
  TunDevice& operator=(const TunDevice&) = delete;
  ~TunDevice();

  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// The next packet, false when none waits. Never blocks.
  [[nodiscard]] bool read(Bytes& packet) const;

  /// Hands a packet to the kernel. A device that is down drops it, as a cut cable would.
  void write(View packet) const;

 private:
  int descriptor_ = -1;
};

}  // namespace synroute::lab
