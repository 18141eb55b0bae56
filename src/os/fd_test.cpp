// SPDX-License-Identifier: Apache-2.0
#include "os/fd.hpp"

#include <gtest/gtest.h>

#include <utility>

#include <fcntl.h>
#include <sys/eventfd.h>

namespace synroute::os {
namespace {

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) != -1;
}

Fd make() {
  return Fd{::eventfd(0, EFD_CLOEXEC)};
}

TEST(Fd, ClosesAtTheEnd) {
  int number = -1;
  {
    const Fd owner = make();
    number = owner.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, MovesOwnership) {
  Fd first = make();
  const int number = first.get();
  Fd second = std::move(first);
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): what is left is defined
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(Fd, ClosesWhatItHeldWhenAssignedTo) {
  Fd first = make();
  const int number = first.get();
  first = make();
  EXPECT_TRUE(first.is_open());
  EXPECT_TRUE(first.get() == number || !is_open(number));
}

TEST(FdDeathTest, RefusesToNameADescriptorItDoesNotHave) {
  const Fd empty;
  EXPECT_DEBUG_DEATH(static_cast<void>(empty.get()), "kNone");
}

}  // namespace
}  // namespace synroute::os
