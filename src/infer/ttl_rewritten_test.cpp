// SPDX-License-Identifier: Apache-2.0
#include "infer/infer.hpp"
#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::FindingKind;
using model::Refusal;
using model::ReplyKind;
using support::TraceBuilder;

/// The finding of this kind; fails the test when there is none.
model::Finding the(FindingKind kind, const TraceBuilder& built) {
  const auto findings = infer(built.trace());
  const auto found = std::ranges::find(findings, kind, &model::Finding::kind);
  EXPECT_NE(found, findings.end()) << "no finding " << name(kind);
  return found != findings.end() ? *found : model::Finding{};
}

bool has(FindingKind kind, const TraceBuilder& built) {
  const auto findings = infer(built.trace());
  return std::ranges::count(findings, kind, &model::Finding::kind) != 0;
}

bool says(const model::Finding& finding, std::string_view words) {
  return finding.sentence.find(words) != std::string::npos;
}

TraceBuilder& reached(TraceBuilder& built, int ttl) {
  return built.verdict(
      {.state = model::PortState::Open,
       .reached = true,
       .distance = Ttl{static_cast<std::uint8_t>(ttl)},
       .stop = model::StopReason::TargetAnswered});
}

TEST(TtlRewritten, IsFoundByTheLengthOfTheReturnPath) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last_reply().ttl = Ttl{57};
  reached(built, 1);
  const auto finding = the(FindingKind::TtlRewritten, built);
  EXPECT_EQ(finding.certainty, Certainty::Likely);
  EXPECT_TRUE(says(finding, "fits about 8 hops"));
  built.last_reply().ttl = Ttl{62};
  built.last_reply().rtt = support::ms(5);
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built)) << "an asymmetry of two hops is no evidence";
  built.last_reply().ttl = Ttl{64};
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
}

TEST(TtlRewritten, IsFoundWhereOneRouterReportsEveryTtl) {
  TraceBuilder built;
  for (int ttl = 1; ttl <= 3; ++ttl) {
    built.router(ttl, "192.0.2.2", {1, 1});
  }
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built))
      << "a TTL of 0 forwarded makes two rows alike";
  built.router(4, "192.0.2.2", {1});
  const auto finding = the(FindingKind::TtlRewritten, built);
  EXPECT_EQ(finding.certainty, Certainty::Likely);
  EXPECT_TRUE(says(finding, "192.0.2.2 reports that probes with every TTL from 1 to 4 expired"));
  EXPECT_EQ(finding.evidence.size(), 7U);
  built.router(5, "192.0.2.9", {1});
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built)) << "the path goes on";
}

TEST(TtlRewritten, IsNotLaidToTheNetworkWhereThisHostSetsTheTtl) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last().probe.ttl_set_by_host = Ttl{64};
  built.last_reply().ttl = Ttl{57};
  reached(built, 1);
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
  const auto finding = the(FindingKind::OwnTtl, built);
  EXPECT_EQ(finding.certainty, Certainty::Certain);
  EXPECT_TRUE(says(finding, "its rules set the TTL of these packets to 64"));
}

TEST(TtlRewritten, IsFoundByAPublicAddressNextToAPrivateOne) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last_reply().ttl = std::nullopt;
  reached(built, 1);
  built.trace().source.address = support::address("192.0.2.7");
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
  built.trace().source.address = support::address("10.0.2.15");
  EXPECT_TRUE(says(the(FindingKind::TtlRewritten, built), "answers for it"));
  built.trace().target.address = support::address("10.0.2.2");
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
}

TEST(TtlRewritten, IsFoundByTheRouteThroughAGateway) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  reached(built, 1);
  built.trace().source.gateway = support::address("203.0.113.80");
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built)) << "the gateway itself is the target";
  built.trace().source.gateway = support::address("192.0.2.1");
  EXPECT_TRUE(says(the(FindingKind::TtlRewritten, built), "expires at the gateway 192.0.2.1"));
}

TEST(TtlRewritten, IsFoundAtTheSecondHopToo) {
  TraceBuilder built;
  built.router(1, "10.0.2.2", {0.3}).target(2, ReplyKind::SynAck, {28});
  built.last_reply().ttl = Ttl{50};
  reached(built, 2);
  EXPECT_TRUE(says(the(FindingKind::TtlRewritten, built), "answers probes with TTL 2"));
}

TEST(TtlRewritten, IsPossibleWhereADistantAnswerToTtlOnePassedARouter) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last_reply().ttl = Ttl{63};
  reached(built, 1);
  const auto finding = the(FindingKind::TtlRewritten, built);
  EXPECT_EQ(finding.certainty, Certainty::Possible);
  EXPECT_TRUE(says(finding, "which no router forwards"));
  built.last_reply().rtt = support::ms(0.5);
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
}

TEST(TtlRewritten, IsPossibleWhereANearTargetTakesLong) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {4}).target(2, ReplyKind::SynAck, {28});
  reached(built, 2);
  const auto finding = the(FindingKind::TtlRewritten, built);
  EXPECT_EQ(finding.certainty, Certainty::Possible);
  EXPECT_EQ(finding.first_hop, Ttl{1});
  EXPECT_EQ(finding.last_hop, Ttl{2});
  EXPECT_EQ(finding.evidence, std::vector{ProbeId{1}});
  EXPECT_TRUE(says(finding, "behind hop 1"));
  built.last_reply().rtt = support::ms(13);
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built)) << "a step of 9 ms";
}

TEST(TtlRewritten, IsPossibleFartherAwayOnlyWhereTheReturnPathDiffersToo) {
  TraceBuilder built;
  for (int ttl = 1; ttl <= 5; ++ttl) {
    built.router(ttl, "192.0.2.1", {5});
  }
  built.target(6, ReplyKind::SynAck, {28});
  reached(built, 6);
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
  built.last_reply().ttl = Ttl{58};
  EXPECT_TRUE(has(FindingKind::TtlRewritten, built));
  for (model::ProbeRecord& record : built.trace().probes) {  // all come back a hop longer
    std::get<model::Answered>(record.state).reply.ttl =
        Ttl{static_cast<std::uint8_t>(64 - record.probe.ttl.value())};
  }
  EXPECT_FALSE(has(FindingKind::TtlRewritten, built));
}

}  // namespace
}  // namespace synroute::infer
