// SPDX-License-Identifier: Apache-2.0
#include "os/check.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace synroute::os {
namespace {

TEST(Check, PassesOnWhatSucceeded) {
  EXPECT_EQ(check("count", 5), 5);
}

TEST(Check, NamesTheAttemptAndTheReason) {
  try {
    check("open nothing", ::open("/nonexistent/file", O_RDONLY | O_CLOEXEC));
    FAIL() << "opened a file that does not exist";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.error(), ENOENT);
    EXPECT_STREQ(error.what(), "open nothing: No such file or directory");
    EXPECT_EQ(error.hint(), "");
  }
}

TEST(SystemError, CarriesAHint) {
  const SystemError error{"open raw socket", EPERM, "use sudo"};
  EXPECT_EQ(error.hint(), "use sudo");
  EXPECT_STREQ(error.what(), "open raw socket: Operation not permitted");
}

}  // namespace
}  // namespace synroute::os
