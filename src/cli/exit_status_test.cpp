// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"

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

TEST(ExitStatus, FollowsTheStateOfThePort) {
  EXPECT_EQ(number(exit_status_of(ended(PortState::Open, StopReason::TargetAnswered))), 0);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Filtered, StopReason::GapLimit))), 1);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Filtered, StopReason::MaxTtl))), 1);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Closed, StopReason::TargetAnswered))), 3);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Unfiltered, StopReason::TargetAnswered))), 3);
  EXPECT_EQ(number(exit_status_of(ended(PortState::OpenOrFiltered, StopReason::GapLimit))), 1);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Rejected, StopReason::Unreachable))), 4);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Unreachable, StopReason::TargetAnswered))), 4);
}

TEST(ExitStatus, InterruptionAndRefusalBeatTheState) {
  EXPECT_EQ(number(exit_status_of(ended(PortState::Open, StopReason::Interrupted))), 130);
  EXPECT_EQ(number(exit_status_of(ended(PortState::Filtered, StopReason::Refused))), 5);
}

TEST(ExitStatus, AScanNeedsOneOpenPortWhoseAnswerArrives) {
  model::Trace trace = ended(PortState::Open, StopReason::TargetAnswered);
  trace.findings.push_back({.kind = model::FindingKind::OwnHostDropsAnswer});
  for (std::uint32_t id = 0; id < 2; ++id) {
    model::ProbeRecord record;
    record.probe.id = ProbeId{id};
    record.state = model::Answered{};
    record.delivery = model::Delivery::NotDelivered;
    trace.probes.push_back(record);
    trace.ports.push_back(
        {.port = Port{80}, .state = PortState::Open, .decided_by = ProbeId{id}, .rtt = {}});
  }
  EXPECT_EQ(exit_status_of(trace), ExitStatus::Rejected);
  trace.probes[1].delivery = model::Delivery::Delivered;
  EXPECT_EQ(exit_status_of(trace), ExitStatus::Open);
}

TEST(ExitStatus, OfAClosedPipeBeatsTheTraces) {
  tracer::Outcome outcome;
  outcome.traces.push_back(ended(PortState::Closed, StopReason::TargetAnswered));
  EXPECT_EQ(exit_status_of(outcome), ExitStatus::Closed);
  outcome.reader_gone = true;
  EXPECT_EQ(exit_status_of(outcome), ExitStatus::ReaderGone);
}

TEST(ExitStatus, OfATraceThatCannotStartTellsWhoseFaultItIs) {
  EXPECT_EQ(exit_status_of(tracer::StartupErrorKind::UnknownHost), ExitStatus::Usage);
  EXPECT_EQ(exit_status_of(tracer::StartupErrorKind::NoPermission), ExitStatus::CannotRun);
}

TEST(ExitStatus, GreatestCounts) {
  EXPECT_EQ(greatest(ExitStatus::Open, ExitStatus::Closed), ExitStatus::Closed);
  EXPECT_EQ(greatest(ExitStatus::Interrupted, ExitStatus::CannotRun), ExitStatus::Interrupted);
}

TEST(ExitStatus, EveryOneHasItsMeaningOnce) {
  int before = -1;
  for (const ExitStatusMeaning& row : exit_statuses()) {
    EXPECT_GT(number(row.status), before);
    EXPECT_TRUE(row.meaning.ends_with('.') || row.meaning.ends_with(')')) << row.meaning;
    before = number(row.status);
  }
}

}  // namespace
}  // namespace synroute::cli
