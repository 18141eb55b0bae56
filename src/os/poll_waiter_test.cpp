// SPDX-License-Identifier: Apache-2.0
#include "os/poll_waiter.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace synroute::os {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

Fd ready_descriptor(unsigned value) {
  return Fd{check("make event", ::eventfd(value, EFD_CLOEXEC))};
}

TEST(PollWaiter, ReturnsAtItsTime) {
  PollWaiter waiter;
  const Instant start = waiter.now();
  EXPECT_EQ(waiter.wait(start + 2ms), seam::Wake::Time);
  EXPECT_GE(waiter.now(), start + 2ms);
}

TEST(PollWaiter, ReturnsAtOnceWhenTheTimeIsPast) {
  PollWaiter waiter;
  EXPECT_EQ(waiter.wait(waiter.now() - 1s), seam::Wake::Time);
  EXPECT_EQ(waiter.wait(Instant{}), seam::Wake::Time);
}

TEST(PollWaiter, WakesForAReadableDescriptor) {
  const Fd quiet = ready_descriptor(0);
  const Fd ready = ready_descriptor(1);
  PollWaiter waiter{std::array{quiet.get(), ready.get()}};
  EXPECT_EQ(waiter.wait(std::nullopt), seam::Wake::Activity);
}

TEST(PollWaiter, IgnoresDescriptorsWithNothingToRead) {
  const Fd quiet = ready_descriptor(0);
  PollWaiter waiter{std::array{quiet.get()}};
  EXPECT_EQ(waiter.wait(waiter.now() + 1ms), seam::Wake::Time);
}

TEST(PollWaiter, PausesBetweenReturnsWhenItGathers) {
  const Fd ready = ready_descriptor(1);
  PollWaiter waiter{std::array{ready.get()}};
  waiter.gather(20ms);
  EXPECT_EQ(waiter.wait(std::nullopt), seam::Wake::Activity);
  const Instant first = waiter.now();
  EXPECT_EQ(waiter.wait(first), seam::Wake::Activity) << "what has come is still noticed";
  EXPECT_GE(waiter.now(), first + 19ms);
  ::raise(SIGINT);
  EXPECT_EQ(waiter.wait(std::nullopt), seam::Wake::Interrupted);
}

TEST(PollWaiter, StaysInterruptedOnceASignalHasCome) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Fd ready = ready_descriptor(1);
    PollWaiter waiter{std::array{ready.get()}};
    ::raise(signal);
    EXPECT_EQ(waiter.wait(std::nullopt), seam::Wake::Interrupted);
    EXPECT_EQ(waiter.wait(waiter.now() + 1s), seam::Wake::Interrupted);
    EXPECT_EQ(waiter.caught(), signal);
  }
}

TEST(PollWaiter, TellsOnceThatTheProcessWasContinued) {
  PollWaiter waiter;
  ::raise(SIGCONT);
  EXPECT_EQ(waiter.wait(std::nullopt), seam::Wake::Continued);
  EXPECT_EQ(waiter.wait(Instant{}), seam::Wake::Time);
}

TEST(PollWaiter, LeavesAnIgnoredSignalIgnored) {
  ::signal(SIGHUP, SIG_IGN);
  {
    PollWaiter waiter;
    ::raise(SIGHUP);
    EXPECT_EQ(waiter.wait(Instant{}), seam::Wake::Time);
  }
  EXPECT_EQ(::signal(SIGHUP, SIG_DFL), SIG_IGN);
}

TEST(PollWaiter, LeavesSignalsAsTheyWere) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const PollWaiter waiter; }
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

}  // namespace
}  // namespace synroute::os
