// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include <signal.h>

namespace synroute::os {

/// While it lives, SIGINT, SIGTERM and SIGHUP no longer end the process: the first of them is
/// noted, another one, at least 0.25 s later, ends it as if this did not exist. SIGCONT is noted
/// too. All of them are blocked, except where the process waits (with `Interruptible`, or by
/// ppoll(2) with waiting_mask()), so that nothing else fails with EINTR. A signal that was ignored
/// before stays ignored. One at a time.
class SignalsNoted {
 public:
  SignalsNoted();
  ~SignalsNoted();
  SignalsNoted(const SignalsNoted&) = delete;
  SignalsNoted& operator=(const SignalsNoted&) = delete;

 private:
  static constexpr std::size_t kCount = 4;
  std::array<struct sigaction, kCount> before_{};
  sigset_t mask_before_{};
};

/// The signal that was noted; 0: none. Kept after ~SignalsNoted(), until the next one.
[[nodiscard]] int noted_signal();
/// Whether the process was stopped and continued since the last call.
[[nodiscard]] bool take_continued();
/// The mask to wait with; null: the one that is set.
[[nodiscard]] const sigset_t* waiting_mask();

/// Nothing while no signal is noted; else how long a reader that takes no output may still be
/// waited for: until a second after the signal.
[[nodiscard]] std::optional<Duration> patience_left();

/// Around a system call that may block for as long as somebody else likes: a noted signal makes it
/// fail with EINTR, at the latest 0.1 s after the signal.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  sigset_t mask_before_{};
  bool changed_ = false;
};

}  // namespace synroute::os
