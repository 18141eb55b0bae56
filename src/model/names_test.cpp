// SPDX-License-Identifier: Apache-2.0
#include "model/finding.hpp"
#include "model/trace.hpp"

#include <gtest/gtest.h>

namespace synroute::model {
namespace {

// The JSON output uses these words and scripts rely on them: changing one breaks users.
TEST(Names, AreTheWordsOfTheDocumentedOutput) {
  EXPECT_EQ(name(ReplyKind::TimeExceeded), "time_exceeded");
  EXPECT_EQ(name(ReplyKind::SynAck), "syn_ack");
  EXPECT_EQ(name(ReplyKind::Rst), "rst");
  EXPECT_EQ(name(ReplyKind::Ack), "ack");
  EXPECT_EQ(name(ReplyKind::Unreachable), "unreachable");
  EXPECT_EQ(name(Method::Raw), "raw");
  EXPECT_EQ(name(Method::Connect), "connect");
  EXPECT_EQ(name(Method::Sim), "sim");
  EXPECT_EQ(name(Method::Replay), "replay");
  EXPECT_EQ(name(PortState::Open), "open");
  EXPECT_EQ(name(PortState::Closed), "closed");
  EXPECT_EQ(name(PortState::Unfiltered), "unfiltered");
  EXPECT_EQ(name(PortState::OpenOrFiltered), "open|filtered");
  EXPECT_EQ(name(PortState::Filtered), "filtered");
  EXPECT_EQ(name(PortState::Rejected), "rejected");
  EXPECT_EQ(name(PortState::Unreachable), "unreachable");
  EXPECT_EQ(name(StopReason::TargetAnswered), "target_answered");
  EXPECT_EQ(name(StopReason::Unreachable), "unreachable");
  EXPECT_EQ(name(StopReason::GapLimit), "gap_limit");
  EXPECT_EQ(name(StopReason::MaxTtl), "max_ttl");
  EXPECT_EQ(name(StopReason::Refused), "refused");
  EXPECT_EQ(name(StopReason::Interrupted), "interrupted");
  EXPECT_EQ(name(Certainty::Certain), "certain");
  EXPECT_EQ(name(Certainty::Likely), "likely");
  EXPECT_EQ(name(Certainty::Possible), "possible");
  EXPECT_EQ(name(FindingKind::NotSent), "not_sent");
  EXPECT_EQ(name(FindingKind::AnsweredNearer), "answered_nearer");
}

}  // namespace
}  // namespace synroute::model
