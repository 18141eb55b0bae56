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

TEST(NoAnswers, GivesEachReasonWhyProbesWereNotSent) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).refused(2, Refusal::NotPermitted, 2);
  built.refused(3, Refusal::InterfaceDown);
  const auto findings = infer(built.trace());
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, FindingKind::NotSent);
  EXPECT_EQ(findings[0].certainty, Certainty::Certain);
  EXPECT_TRUE(says(findings[0], "2 probes: not permitted (local firewall or IPsec policy?)"));
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{1}, ProbeId{2}}));
  EXPECT_TRUE(says(findings[1], "1 probe: interface down"));
}

TEST(NoAnswers, ReportsALocalFirewallThatDropsCapturedErrors) {
  TraceBuilder built;
  reached(built.router(1, "192.0.2.1", {1}).target(2, ReplyKind::SynAck, {2}), 2);
  EXPECT_FALSE(has(FindingKind::LocalFirewall, built));
  built.trace().counters.dropped_by_firewall = 1;
  const auto finding = the(FindingKind::LocalFirewall, built);
  EXPECT_TRUE(says(finding, "at least 1 of these"));
  EXPECT_EQ(finding.evidence, (std::vector{ProbeId{0}}));
}

TEST(NoAnswers, ReportsWhenNoProbeWasAnswered) {
  TraceBuilder built;
  built.silent(1).silent(2);
  EXPECT_TRUE(says(
      the(FindingKind::NothingCameBack, built), "the local firewall's rules are not the cause"));
  EXPECT_EQ(the(FindingKind::NothingCameBack, built).evidence.size(), 6U);
  built.trace().method = model::Method::Connect;
  EXPECT_TRUE(says(the(FindingKind::NothingCameBack, built), "only raw packets can tell"));
  built.trace().counters.unmatched = 4;
  EXPECT_TRUE(
      says(the(FindingKind::NothingCameBack, built), "4 answers arrived that match no probe"));
  EXPECT_EQ(the(FindingKind::NothingCameBack, built).certainty, Certainty::Possible);
}

TEST(NoAnswers, ProbesThatWereNotSeenLeavingAreNotSaidToHaveLeft) {
  TraceBuilder built;
  built.silent(1).silent(2);
  for (model::ProbeRecord& record : built.trace().probes) {
    record.probe.has_departed = false;
  }
  EXPECT_TRUE(says(
      the(FindingKind::NothingCameBack, built), "none of the 6 probes was seen leaving this host"));
  EXPECT_EQ(the(FindingKind::NothingCameBack, built).certainty, Certainty::Possible);
  built.trace().probes[2].probe.has_departed = true;
  EXPECT_TRUE(
      says(the(FindingKind::NothingCameBack, built), "1 of 6 probes was seen leaving this host"));
}

TEST(NoAnswers, AreNotReportedForAnInterruptedOrPartlyRefusedTrace) {
  TraceBuilder interrupted;
  interrupted.silent(1).verdict({.stop = model::StopReason::Interrupted}, false);
  EXPECT_FALSE(has(FindingKind::NothingCameBack, interrupted));
  TraceBuilder refused;
  refused.silent(1).refused(2, Refusal::NoBuffers);
  EXPECT_FALSE(has(FindingKind::NothingCameBack, refused));
  TraceBuilder answered;
  answered.router(1, "192.0.2.1", {1}).silent(2);
  EXPECT_FALSE(has(FindingKind::NothingCameBack, answered));
}

TEST(NoAnswers, ReportsOnceThatNoRouterReports) {
  TraceBuilder built;
  built.silent(1).silent(2).silent(3);
  reached(built.target(4, ReplyKind::SynAck, {4}), 4);
  const auto findings = infer(built.trace());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::NoReports);
  EXPECT_EQ(findings[0].first_hop, Ttl{1});
  EXPECT_EQ(findings[0].last_hop, Ttl{3});
  EXPECT_TRUE(says(findings[0], "it is not the local firewall"));
  built.trace().method = model::Method::Connect;
  EXPECT_TRUE(says(the(FindingKind::NoReports, built), "which only raw sockets can tell"));
  built.trace().counters.unmatched = 9;
  EXPECT_TRUE(says(the(FindingKind::NoReports, built), "are not translated back"));
}

TEST(NoAnswers, AreNotReportedAfterASingleRouterAnswered) {
  TraceBuilder built;
  built.silent(1).router(2, "198.51.100.7", {2}).silent(3);
  reached(built.target(4, ReplyKind::SynAck, {4}), 4);
  EXPECT_FALSE(has(FindingKind::NoReports, built));
  EXPECT_TRUE(has(FindingKind::SilentHop, built));
}

}  // namespace
}  // namespace synroute::infer
