// SPDX-License-Identifier: Apache-2.0
#include "engine/conflict.hpp"

#include <gtest/gtest.h>

namespace synroute::engine {
namespace {

using model::Proof;
using model::Reply;
using model::ReplyKind;
using enum Resolution;

const IpAddress kTarget = IpAddress::v4(0xcb007150);
const IpAddress kRouter = IpAddress::v4(0xc6336407);
const IpAddress kOther = IpAddress::v4(0xc6336499);

Reply reply(ReplyKind kind, const IpAddress& from, Proof proof = Proof::Exact) {
  Reply result;
  result.kind = kind;
  result.from = from;
  result.grade.proof = proof;
  return result;
}

Reply rewritten(Reply reply) {
  reply.grade.ip_id = model::IdGrade::Other;
  return reply;
}

struct Line {
  Reply one;
  Reply two;
  Resolution in_order;
  Resolution reversed;
};

void expect(const Line& line) {
  EXPECT_EQ(resolve(line.one, line.two), line.in_order);
  EXPECT_EQ(resolve(line.two, line.one), line.reversed);
}

const Reply kExpired = reply(ReplyKind::TimeExceeded, kRouter);
const Reply kExpiredElsewhere = reply(ReplyKind::TimeExceeded, kOther);
const Reply kUnreachable = reply(ReplyKind::Unreachable, kOther);
const Reply kSynAck = reply(ReplyKind::SynAck, kTarget);
const Reply kReset = reply(ReplyKind::Rst, kTarget);

TEST(Conflict, BetterEvidenceWinsWhateverCameFirst) {
  expect({rewritten(kExpiredElsewhere), kExpired, TakeLater, KeepFirst});
  expect({rewritten(kUnreachable), kExpired, TakeLater, KeepFirst});
  for (const Proof poorer : {Proof::Weak, Proof::Half}) {
    expect({reply(ReplyKind::Unreachable, kOther, poorer), kExpired, TakeLater, KeepFirst});
    expect({reply(ReplyKind::Rst, kTarget, poorer), kSynAck, TakeLater, KeepFirst});
    expect(
        {reply(ReplyKind::TimeExceeded, kOther, poorer),
         rewritten(kExpired),
         TakeLater,
         KeepFirst});
  }
}

TEST(Conflict, TheSameAnswerAgainIsADuplicate) {
  for (const Reply& each : {kExpired, kUnreachable, kSynAck, kReset}) {
    EXPECT_EQ(resolve(each, each), Duplicate);
    EXPECT_EQ(resolve(each, rewritten(each)), Duplicate);
  }
}

TEST(Conflict, TwoRoutersThatReportTheSameProbeAreBothKept) {
  expect({kExpired, kExpiredElsewhere, KeepBoth, KeepBoth});
  expect({rewritten(kExpired), rewritten(kExpiredElsewhere), KeepBoth, KeepBoth});
  expect({kUnreachable, reply(ReplyKind::Unreachable, kRouter), KeepBoth, KeepBoth});
}

TEST(Conflict, OfATimeExceededAndAnUnreachableTheFormerIsTheHop) {
  expect({kExpired, kUnreachable, KeepBoth, SwapBoth});
  expect({kExpired, reply(ReplyKind::Unreachable, kRouter), KeepBoth, SwapBoth});
}

TEST(Conflict, AProbeThatExpiredAndArrivedKeepsBothInTheirOrder) {
  expect({kExpired, kSynAck, KeepBoth, KeepBoth});
  expect({rewritten(kExpired), kSynAck, KeepBoth, KeepBoth});
}

TEST(Conflict, ATcpAnswerTellsMoreThanAnUnreachable) {
  expect({kUnreachable, kSynAck, SwapBoth, KeepBoth});
  expect({rewritten(kUnreachable), kReset, SwapBoth, KeepBoth});
}

TEST(Conflict, AcceptanceAndResetAreLeftToTheResetScreen) {
  expect({kSynAck, kReset, Duplicate, Duplicate});
}

}  // namespace
}  // namespace synroute::engine
