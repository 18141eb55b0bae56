// SPDX-License-Identifier: Apache-2.0
#include "engine/reset_screen.hpp"

#include <gtest/gtest.h>

namespace synroute::engine {
namespace {

using model::ReplyKind;

/// A ledger with three probes on their way, screened.
class ResetScreenTest : public testing::Test {
 protected:
  ResetScreenTest() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      ledger_.add({.id = ProbeId{i}});
    }
  }

  /// Checks a reply and, unless it is rejected, enters it as the engine does.
  ResetScreen::Result take(std::uint32_t probe, ReplyKind kind) {
    const model::Reply reply{.kind = kind};
    auto result = screen_.check(ProbeId{probe}, reply);
    if (!result.rejected && ledger_.record(ProbeId{probe}).reply() == nullptr) {
      ledger_.answer(ProbeId{probe}, reply);
    }
    return result;
  }
  [[nodiscard]] const model::ProbeRecord& record(std::uint32_t probe) const {
    return ledger_.record(ProbeId{probe});
  }

  Ledger ledger_;
  ResetScreen screen_{ledger_};
};

TEST_F(ResetScreenTest, BelievesResetsThatNothingContradicts) {
  for (const std::uint32_t probe : {0U, 1U, 0U}) {
    const auto result = take(probe, ReplyKind::Rst);
    EXPECT_FALSE(result.rejected);
    EXPECT_FALSE(result.disproved_all);
  }
  EXPECT_EQ(record(0).reply()->kind, ReplyKind::Rst);
}

TEST_F(ResetScreenTest, TakesAllResetsBackWhenAGenuineAnswerContradictsOne) {
  take(0, ReplyKind::Rst);
  take(1, ReplyKind::Rst);
  const auto result = take(0, ReplyKind::SynAck);
  EXPECT_FALSE(result.rejected);
  EXPECT_TRUE(result.disproved_all);
  EXPECT_EQ(result.reopened, (std::vector{ProbeId{0}, ProbeId{1}}));
  EXPECT_EQ(record(0).reply()->kind, ReplyKind::SynAck);
  EXPECT_TRUE(record(1).is_waiting());
  EXPECT_EQ(record(1).disproved.size(), 1U);
}

TEST_F(ResetScreenTest, RejectsAResetAfterTheProbeExpiredAtARouter) {
  take(0, ReplyKind::TimeExceeded);
  const auto result = take(0, ReplyKind::Rst);
  EXPECT_TRUE(result.rejected);
  EXPECT_TRUE(result.disproved_all);
  EXPECT_TRUE(result.reopened.empty());
  EXPECT_EQ(record(0).reply()->kind, ReplyKind::TimeExceeded);
  EXPECT_EQ(record(0).disproved.size(), 1U);
}

TEST_F(ResetScreenTest, RejectsEveryResetAfterTheFirstContradiction) {
  take(0, ReplyKind::TimeExceeded);
  take(0, ReplyKind::Rst);
  const auto result = take(1, ReplyKind::Rst);
  EXPECT_TRUE(result.rejected);
  EXPECT_FALSE(result.disproved_all) << "that happens once";
  EXPECT_TRUE(record(1).is_waiting());
  EXPECT_EQ(record(1).disproved.size(), 1U);
  EXPECT_FALSE(take(1, ReplyKind::SynAck).rejected);
  EXPECT_EQ(record(1).reply()->kind, ReplyKind::SynAck);
}

TEST_F(ResetScreenTest, BelievesAResetBehindTheSynAckOfTheSameProbe) {
  take(0, ReplyKind::SynAck);
  const auto result = take(0, ReplyKind::Rst);  // undoes the connection
  EXPECT_FALSE(result.rejected);
  EXPECT_FALSE(result.disproved_all);
}

}  // namespace
}  // namespace synroute::engine
