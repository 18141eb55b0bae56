// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/interruption.hpp"
#include "seam/waiter.hpp"

#include <span>
#include <vector>

#include <poll.h>

namespace synroute::os {

/// Waits on the machine: for time, for descriptors, and for SIGINT, SIGTERM and SIGHUP, which it
/// notes while it lives (`SignalsNoted`). Once one has come, every wait() returns Interrupted. One
/// thread.
class PollWaiter final : public seam::Waiter {
 public:
  PollWaiter();
  explicit PollWaiter(std::span<const int> descriptors);

  /// Wakes for this descriptor when it can be read. It must stay open while the waiter lives.
  void watch(int descriptor);

  [[nodiscard]] Instant now() override;
  [[nodiscard]] WallTime wall() override;
  seam::Wake wait(std::optional<Instant> until) override;
  /// The signal that interrupted; 0 when none did.
  [[nodiscard]] int caught() const { return noted_signal(); }

 private:
  SignalsNoted signals_;
  std::vector<pollfd> watched_;
};

}  // namespace synroute::os
