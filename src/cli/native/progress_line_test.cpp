// SPDX-License-Identifier: Apache-2.0
#include "cli/native/progress_line.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

using std::chrono::seconds;

TEST(ProgressLine, CountsRatesAndEstimates) {
  ProgressLine line{1000};
  EXPECT_EQ(line.text({}, seconds{5}), "\r\x1b[K0 done, 0 open, 0 failed, 0/s");
  line.note_failure();
  EXPECT_EQ(
      line.text({.done = 99, .active = 256, .sent = 9000}, seconds{15}),
      "\r\x1b[K99 done, 256 open, 1 failed, 900/s, 1 min 30 s left");
}

TEST(ProgressLine, EstimatesNothingWithoutATotal) {
  ProgressLine line{std::nullopt};
  static_cast<void>(line.text({}, seconds{0}));
  EXPECT_EQ(
      line.text({.done = 5, .active = 1, .sent = 100}, seconds{2}),
      "\r\x1b[K5 done, 1 open, 0 failed, 50/s");
}

TEST(ProgressLine, IsRemovedOnlyWhenItWasShown) {
  ProgressLine line{1};
  EXPECT_EQ(line.erasure(), "");
  static_cast<void>(line.text({}, seconds{0}));
  EXPECT_EQ(line.erasure(), "\r\x1b[K");
}

}  // namespace
}  // namespace synroute::cli
