// SPDX-License-Identifier: Apache-2.0
#include "infer/resets.hpp"

#include "infer/infer.hpp"
#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace synroute::infer {
namespace {

using model::FindingKind;
using model::ReplyKind;
using support::TraceBuilder;

std::optional<model::Finding> find(TraceBuilder& built, FindingKind kind) {
  const auto findings = infer(built.trace());
  const auto found = std::ranges::find(findings, kind, &model::Finding::kind);
  return found != findings.end() ? std::optional{*found} : std::nullopt;
}

TraceBuilder two_routers() {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1.0});
  built.last_reply().ttl = Ttl{255};
  built.router(2, "198.51.100.2", {2.0});
  built.last_reply().ttl = Ttl{254};
  return built;
}

TEST(ForgedResets, LieBehindTheLastHopWhoseProbesDrewNone) {
  TraceBuilder built = two_routers();
  built.router(3, "198.51.100.3", {3.0}).forged_reset(2.1);
  built.target(4, ReplyKind::SynAck, {4.0}).forged_reset(2.1);
  built.verdict({.state = model::PortState::Rejected, .distance = Ttl{4}});
  const auto found = find(built, FindingKind::ForgedResets);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first_hop, Ttl{2});
  EXPECT_EQ(found->last_hop, Ttl{3});
  EXPECT_EQ(found->certainty, model::Certainty::Certain);
  EXPECT_EQ(found->evidence, (std::vector{ProbeId{2}, ProbeId{3}}));
}

TEST(ForgedResets, LieAtTheFirstHopWhenEveryProbeDrewThem) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1.0}).forged_reset(0.5);
  built.verdict({.state = model::PortState::Rejected}, false);
  const auto found = find(built, FindingKind::ForgedResets);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first_hop, Ttl{1});
  EXPECT_EQ(found->last_hop, Ttl{1});
}

model::Verdict closed(int distance) {
  return {
      .state = model::PortState::Closed,
      .reached = true,
      .distance = Ttl{static_cast<std::uint8_t>(distance)},
      .stop = model::StopReason::TargetAnswered};
}

TEST(ResetOnTheWay, IsPossibleWhereResetsComeFromTheHopBefore) {
  TraceBuilder built = two_routers();
  built.target(3, ReplyKind::Rst, {2.1});
  built.last_reply().ttl = Ttl{63};  // one router on the return path, as for the answer of hop 2
  built.verdict(closed(3));
  const auto found = find(built, FindingKind::ResetOnTheWay);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->certainty, model::Certainty::Possible);
  EXPECT_EQ(found->first_hop, Ttl{2});
}

TEST(ResetOnTheWay, IsNotReportedForATargetOneHopFarther) {
  TraceBuilder built = two_routers();
  built.target(3, ReplyKind::Rst, {3.1});
  built.last_reply().ttl = Ttl{62};
  built.verdict(closed(3));
  EXPECT_FALSE(find(built, FindingKind::ResetOnTheWay));
}

TEST(ResetOnTheWay, IsNotReportedWhereTheReturnPathDiffers) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1.0});
  built.last_reply().ttl = Ttl{255};
  built.router(2, "198.51.100.2", {2.0});
  built.last_reply().ttl = Ttl{250};
  built.target(3, ReplyKind::Rst, {3.1});
  built.last_reply().ttl = Ttl{59};
  built.verdict(closed(3));
  EXPECT_FALSE(find(built, FindingKind::ResetOnTheWay));
}

}  // namespace
}  // namespace synroute::infer
