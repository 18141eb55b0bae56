// SPDX-License-Identifier: Apache-2.0
#include "os/background_release.hpp"

#include "os/check.hpp"
#include "support/required_right.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace synroute::os {
namespace {

TEST(BackgroundRelease, KeepsTheFileUntilItGoesAndThenLetsGo) {
  std::array<int, 2> ends{};
  check("make pipe", ::pipe2(ends.data(), O_CLOEXEC));
  const Fd out{ends[0]};
  Fd in{ends[1]};
  pollfd reader{.fd = out.get(), .events = POLLIN, .revents = 0};
  {
    const BackgroundRelease release{std::array{in.get()}};
    if (!test::require_right(release.active(), "io_uring (kernel.io_uring_disabled, seccomp)")) {
      return;
    }
    in.reset();
    EXPECT_EQ(::poll(&reader, 1, 0), 0) << "closed too early";
  }
  // A pipe without writers hangs up; bounded, so that a leak fails instead of hanging.
  EXPECT_EQ(::poll(&reader, 1, 10'000), 1);
  EXPECT_NE(reader.revents & POLLHUP, 0);
}

TEST(BackgroundRelease, DoesNothingForADescriptorThatIsNotOpen) {
  EXPECT_FALSE(BackgroundRelease{std::array{99'999}}.active());
}

}  // namespace
}  // namespace synroute::os
