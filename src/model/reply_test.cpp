// SPDX-License-Identifier: Apache-2.0
#include "model/reply.hpp"

#include <gtest/gtest.h>

namespace synroute::model {
namespace {

bool contradicted(ReplyKind first, ReplyKind second) {
  return reset_is_contradicted(Reply{.kind = first}, Reply{.kind = second});
}

TEST(Reply, ResetIsContradictedByAnAcceptedOrExpiredProbe) {
  EXPECT_TRUE(contradicted(ReplyKind::Rst, ReplyKind::SynAck));
  EXPECT_TRUE(contradicted(ReplyKind::Rst, ReplyKind::TimeExceeded));
  EXPECT_TRUE(contradicted(ReplyKind::TimeExceeded, ReplyKind::Rst));
}

TEST(Reply, ResetIsNotContradictedByWhatTheTargetMaySayAsWell) {
  EXPECT_FALSE(contradicted(ReplyKind::SynAck, ReplyKind::Rst));  // it undoes what it accepted
  EXPECT_FALSE(contradicted(ReplyKind::Rst, ReplyKind::Rst));
  EXPECT_FALSE(contradicted(ReplyKind::Rst, ReplyKind::Ack));
  EXPECT_FALSE(contradicted(ReplyKind::Rst, ReplyKind::Unreachable));
  EXPECT_FALSE(contradicted(ReplyKind::TimeExceeded, ReplyKind::SynAck));
}

TEST(Reply, CountsTheRoutersBehindFromTheUsualFirstTtls) {
  EXPECT_EQ(routers_passed(Ttl{64}), 0);
  EXPECT_EQ(routers_passed(Ttl{53}), 11);
  EXPECT_EQ(routers_passed(Ttl{30}), 2);
  EXPECT_EQ(routers_passed(Ttl{115}), 13);
  EXPECT_EQ(routers_passed(Ttl{250}), 5);
}

}  // namespace
}  // namespace synroute::model
