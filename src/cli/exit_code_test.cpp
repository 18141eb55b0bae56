// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

model::Trace ended(model::PortState state, model::StopReason stop) {
  model::Trace trace;
  trace.verdict.state = state;
  trace.verdict.stop = stop;
  return trace;
}

TEST(ExitCode, FollowsTheStateOfThePort) {
  using enum model::PortState;
  using enum model::StopReason;
  EXPECT_EQ(status(exit_code_of(ended(Open, TargetAnswered))), 0);
  EXPECT_EQ(status(exit_code_of(ended(Filtered, GapLimit))), 1);
  EXPECT_EQ(status(exit_code_of(ended(Filtered, MaxTtl))), 1);
  EXPECT_EQ(status(exit_code_of(ended(Closed, TargetAnswered))), 3);
  EXPECT_EQ(status(exit_code_of(ended(Rejected, model::StopReason::Unreachable))), 4);
  EXPECT_EQ(status(exit_code_of(ended(model::PortState::Unreachable, TargetAnswered))), 4);
}

TEST(ExitCode, InterruptionAndRefusalBeatTheState) {
  using enum model::StopReason;
  EXPECT_EQ(status(exit_code_of(ended(model::PortState::Open, Interrupted))), 130);
  EXPECT_EQ(status(exit_code_of(ended(model::PortState::Filtered, Refused))), 5);
}

TEST(ExitCode, GreatestCounts) {
  EXPECT_EQ(greatest(ExitCode::Open, ExitCode::Closed), ExitCode::Closed);
  EXPECT_EQ(greatest(ExitCode::Interrupted, ExitCode::CannotRun), ExitCode::Interrupted);
}

TEST(ExitCode, EveryOneHasItsMeaningOnce) {
  int before = -1;
  for (const ExitCodeMeaning& row : exit_codes()) {
    EXPECT_GT(status(row.code), before);
    EXPECT_TRUE(row.meaning.ends_with('.') || row.meaning.ends_with(')')) << row.meaning;
    before = status(row.code);
  }
}

}  // namespace
}  // namespace synroute::cli
