// SPDX-License-Identifier: Apache-2.0
#include "os/poll_waiter.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"

#include <algorithm>

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace synroute::os {

PollWaiter::PollWaiter() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  signals_ = Fd{check("open signal descriptor", ::signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC))};
  pthread_sigmask(SIG_BLOCK, &stop, &mask_before_);
  // The default slack of 50 us would blur the pacing of probes, which is below a millisecond.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  watch(signals_.get());
}

PollWaiter::PollWaiter(std::span<const int> descriptors) : PollWaiter{} {
  for (const int descriptor : descriptors) {
    watch(descriptor);
  }
}

PollWaiter::~PollWaiter() {
  // What has come is taken here; it must not be delivered when the signals are unblocked.
  signalfd_siginfo heard{};
  while (::read(signals_.get(), &heard, sizeof heard) > 0) {}
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
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
  while (!interrupted_) {
    timespec timeout{};
    if (until) {
      timeout = to_timespec(std::max(*until - now(), Duration::zero()));
    }
    const int ready =
        ::ppoll(watched_.data(), watched_.size(), until ? &timeout : nullptr, nullptr);
    if (ready == 0) {
      return seam::Wake::Time;
    }
    if (ready < 0 && errno != EINTR) {
      throw SystemError{"wait for packets", errno};
    }
    if (ready > 0 && watched_.front().revents == 0) {
      return seam::Wake::Activity;
    }
    interrupted_ = ready > 0;
    signalfd_siginfo heard{};
    if (interrupted_ && ::read(signals_.get(), &heard, sizeof heard) == sizeof heard) {
      caught_ = static_cast<int>(heard.ssi_signo);
    }
  }
  return seam::Wake::Interrupted;
}

}  // namespace synroute::os
