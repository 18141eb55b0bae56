// SPDX-License-Identifier: Apache-2.0
#include "os/poll_waiter.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/prctl.h>

namespace synroute::os {

PollWaiter::PollWaiter() {
  // The default slack of 50 us would blur the pacing of probes, which is below a millisecond.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

PollWaiter::PollWaiter(std::span<const int> descriptors) : PollWaiter{} {
  for (const int descriptor : descriptors) {
    watch(descriptor);
  }
}

void PollWaiter::watch(int descriptor) {
  watched_.push_back(pollfd{.fd = descriptor, .events = POLLIN, .revents = 0});
}

Instant PollWaiter::now() {
  return os::now();
}

WallTime PollWaiter::wall() {
  return os::wall_now();
}

seam::Wake PollWaiter::wait(std::optional<Instant> until) {
  if (pause_ == Duration::zero()) {
    return wait_for(watched_, until);
  }
  const Instant rested = returned_ + pause_;
  seam::Wake wake = seam::Wake::Time;
  if (now() < rested) {
    wake = wait_for({}, rested);  // for signals only
  }
  if (wake == seam::Wake::Time) {
    wake = wait_for(watched_, until);
  }
  returned_ = now();
  return wake;
}

seam::Wake PollWaiter::wait_for(std::span<pollfd> which, std::optional<Instant> until) {
  { const Interruptible pending; }  // ppoll() takes no signal while a descriptor is ready
  while (noted_signal() == 0) {
    if (take_continued()) {
      return seam::Wake::Continued;
    }
    timespec timeout{};
    if (until) {
      timeout = to_timespec(std::max(*until - now(), Duration::zero()));
    }
    const int ready =
        ::ppoll(which.data(), which.size(), until ? &timeout : nullptr, waiting_mask());
    if (ready >= 0) {
      return ready == 0 ? seam::Wake::Time : seam::Wake::Activity;
    }
    if (errno != EINTR) {
      throw SystemError{"wait for packets", errno};
    }
  }
  return seam::Wake::Interrupted;
}

}  // namespace synroute::os
