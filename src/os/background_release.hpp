// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <span>

namespace synroute::os {

/// Lets the kernel close a descriptor behind our back. Closing a packet socket waits for an RCU
/// grace period: 7 to 14 ms measured on Linux 6.18, longer than a whole trace on a LAN, and ending
/// the process waits for it too. An io_uring instance takes a second reference to the file, and a
/// kernel worker drops that one after the ring is closed. Make it right after opening the
/// descriptor; where io_uring is not allowed nothing changes, and closing takes its time.
class BackgroundRelease {
 public:
  explicit BackgroundRelease(std::span<const int> descriptors);

  /// False when io_uring is not available.
  [[nodiscard]] bool active() const { return ring_.is_open(); }

 private:
  Fd ring_;
};

}  // namespace synroute::os
