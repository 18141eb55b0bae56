// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "os/interruption.hpp"
#include "seam/waiter.hpp"

#include <optional>
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
  /// From now on wait() returns this long after it last returned, or later, unless a signal comes:
  /// what happens meanwhile is handled in one turn. For those whose packets bear the time of the
  /// kernel, and whose senders catch up.
  void gather(Duration pause) { pause_ = pause; }

  [[nodiscard]] Instant now() override;
  [[nodiscard]] WallTime wall() override;
  seam::Wake wait(std::optional<Instant> until) override;
  /// The signal that interrupted; 0 when none did.
  [[nodiscard]] int caught() const { return noted_signal(); }

 private:
  seam::Wake wait_for(std::span<pollfd> which, std::optional<Instant> until);

  SignalsNoted signals_;
  std::vector<pollfd> watched_;
  Duration pause_{};
  Instant returned_;  ///< wait(), while there is a pause
};

}  // namespace synroute::os
