// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "seam/waiter.hpp"

#include <span>
#include <vector>

#include <poll.h>
#include <signal.h>

namespace synroute::os {

/// Waits on the machine: for time, for descriptors, and for SIGINT or SIGTERM. While it lives these
/// two signals are blocked in the thread that made it and arrive here instead; once one has come,
/// every wait() returns Interrupted. A signal that was ignored before stays ignored. One thread.
class PollWaiter final : public seam::Waiter {
 public:
  PollWaiter();
  explicit PollWaiter(std::span<const int> descriptors);
  ~PollWaiter() override;

  /// Wakes for this descriptor when it can be read. It must stay open while the waiter lives.
  void watch(int descriptor);

  [[nodiscard]] Instant now() override;
  [[nodiscard]] WallTime wall() override;
  seam::Wake wait(std::optional<Instant> until) override;
  /// The signal that interrupted; 0 when none did.
  [[nodiscard]] int caught() const { return caught_; }

 private:
  sigset_t mask_before_{};
  Fd signals_;
  std::vector<pollfd> watched_;  ///< the first is signals_
  bool interrupted_ = false;
  int caught_ = 0;
};

}  // namespace synroute::os
