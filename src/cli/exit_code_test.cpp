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

using model::PortState;
using model::StopReason;

TEST(ExitCode, FollowsTheStateOfThePort) {
  EXPECT_EQ(status(exit_code_of(ended(PortState::Open, StopReason::TargetAnswered))), 0);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Filtered, StopReason::GapLimit))), 1);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Filtered, StopReason::MaxTtl))), 1);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Closed, StopReason::TargetAnswered))), 3);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Rejected, StopReason::Unreachable))), 4);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Unreachable, StopReason::TargetAnswered))), 4);
}

TEST(ExitCode, InterruptionAndRefusalBeatTheState) {
  EXPECT_EQ(status(exit_code_of(ended(PortState::Open, StopReason::Interrupted))), 130);
  EXPECT_EQ(status(exit_code_of(ended(PortState::Filtered, StopReason::Refused))), 5);
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
