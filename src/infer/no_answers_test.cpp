// SPDX-License-Identifier: Apache-2.0
#include "infer/infer.hpp"
#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Refusal;
using model::ReplyKind;
using support::TraceBuilder;

/// The finding of this kind; fails the test when there is none.
model::Finding the(std::string_view kind, const TraceBuilder& built) {
  const auto findings = infer(built.trace());
  const auto found = std::ranges::find(findings, kind, &model::Finding::kind);
  EXPECT_NE(found, findings.end()) << "no finding " << kind;
  return found != findings.end() ? *found : model::Finding{};
}

bool has(std::string_view kind, const TraceBuilder& built) {
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

TEST(Blank, NamesEachReasonWhyProbesDidNotLeave) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).refused(2, Refusal::NotPermitted, 2);
  built.refused(3, Refusal::InterfaceDown);
  const auto findings = infer(built.trace());
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, "not_sent");
  EXPECT_EQ(findings[0].certainty, Certainty::Certain);
  EXPECT_TRUE(says(findings[0], "2 probes: not permitted (local firewall?)"));
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{1}, ProbeId{2}}));
  EXPECT_TRUE(says(findings[1], "1 probe: interface down"));
}

TEST(Blank, TellsOfAFirewallThatDropsWhatWasHeardInFrontOfIt) {
  TraceBuilder built;
  reached(built.router(1, "192.0.2.1", {1}).target(2, ReplyKind::SynAck, {2}), 2);
  EXPECT_FALSE(has("local_firewall", built));
  built.trace().counters.dropped_by_firewall = 1;
  const auto finding = the("local_firewall", built);
  EXPECT_TRUE(says(finding, "1 of these at least"));
  EXPECT_EQ(finding.evidence, (std::vector{ProbeId{0}}));
}

TEST(Blank, SaysWhenNothingAtAllCameBack) {
  TraceBuilder built;
  built.silent(1).silent(2);
  EXPECT_TRUE(says(the("nothing_came_back", built), "firewall does not matter here"));
  EXPECT_EQ(the("nothing_came_back", built).evidence.size(), 6U);
  built.trace().method = model::Method::Connect;
  EXPECT_TRUE(says(the("nothing_came_back", built), "raw packets would tell"));
  built.trace().counters.unmatched = 4;
  EXPECT_TRUE(says(the("nothing_came_back", built), "4 answers came that name no probe"));
  EXPECT_EQ(the("nothing_came_back", built).certainty, Certainty::Possible);
}

TEST(Blank, DoesNotCallAnInterruptedOrPartlyRefusedTraceSilent) {
  TraceBuilder interrupted;
  interrupted.silent(1).verdict({.stop = model::StopReason::Interrupted}, false);
  EXPECT_FALSE(has("nothing_came_back", interrupted));
  TraceBuilder refused;
  refused.silent(1).refused(2, Refusal::NoBuffers);
  EXPECT_FALSE(has("nothing_came_back", refused));
  TraceBuilder answered;
  answered.router(1, "192.0.2.1", {1}).silent(2);
  EXPECT_FALSE(has("nothing_came_back", answered));
}

TEST(Blank, SaysOnceThatNoRouterReports) {
  TraceBuilder built;
  built.silent(1).silent(2).silent(3);
  reached(built.target(4, ReplyKind::SynAck, {4}), 4);
  const auto findings = infer(built.trace());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_reports");
  EXPECT_EQ(findings[0].first_hop, Ttl{1});
  EXPECT_EQ(findings[0].last_hop, Ttl{3});
  EXPECT_TRUE(says(findings[0], "it is not this host's own firewall"));
  built.trace().method = model::Method::Connect;
  EXPECT_TRUE(says(the("no_reports", built), "which only raw packets could tell"));
  built.trace().counters.unmatched = 9;
  EXPECT_TRUE(says(the("no_reports", built), "their quotes are not translated back"));
}

TEST(Blank, ASingleReportIsEnoughNotToSaySo) {
  TraceBuilder built;
  built.silent(1).router(2, "198.51.100.7", {2}).silent(3);
  reached(built.target(4, ReplyKind::SynAck, {4}), 4);
  EXPECT_FALSE(has("no_reports", built));
  EXPECT_TRUE(has("silent_hop", built));
}

TEST(Blank, SeesByTheWayBackThatTheTargetIsNotSoNear) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last_reply().ttl = Ttl{57};
  reached(built, 1);
  const auto finding = the("ttl_rewritten", built);
  EXPECT_EQ(finding.certainty, Certainty::Likely);
  EXPECT_TRUE(says(finding, "from about 8 hops away"));
  built.last_reply().ttl = Ttl{62};
  EXPECT_FALSE(has("ttl_rewritten", built)) << "a little asymmetry is no evidence";
  built.last_reply().ttl = Ttl{64};
  EXPECT_FALSE(has("ttl_rewritten", built));
}

TEST(Blank, SeesByTheAddressesThatTheTargetIsNoNeighbour) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  built.last_reply().ttl = std::nullopt;
  reached(built, 1);
  built.trace().source.address = support::address("192.0.2.7");
  EXPECT_FALSE(has("ttl_rewritten", built));
  built.trace().source.address = support::address("10.0.2.15");
  EXPECT_TRUE(says(the("ttl_rewritten", built), "answers for it"));
  built.trace().target.address = support::address("10.0.2.2");
  EXPECT_FALSE(has("ttl_rewritten", built));
}

TEST(Blank, SeesByTheRouteThatTheTargetIsNoNeighbour) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {28});
  reached(built, 1);
  built.trace().source.gateway = support::address("203.0.113.80");
  EXPECT_FALSE(has("ttl_rewritten", built)) << "the gateway itself is the target";
  built.trace().source.gateway = support::address("192.0.2.1");
  EXPECT_TRUE(says(the("ttl_rewritten", built), "ends at the gateway 192.0.2.1"));
}

TEST(Blank, SeesSuchAThingAtTheSecondHopToo) {
  TraceBuilder built;
  built.router(1, "10.0.2.2", {0.3}).target(2, ReplyKind::SynAck, {28});
  built.last_reply().ttl = Ttl{50};
  reached(built, 2);
  EXPECT_TRUE(says(the("ttl_rewritten", built), "a TTL of 2 is enough"));
}

}  // namespace
}  // namespace synroute::infer
