// SPDX-License-Identifier: Apache-2.0
#include "infer/infer.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::infer {
namespace {

using model::FindingKind;

const IpAddress kTarget = IpAddress::v4(0xcb007150);

IpAddress router(int number) {
  return IpAddress::v4(0xc6336400U + static_cast<std::uint32_t>(number));
}

/// A trace of three probes a hop towards a target 6 hops away, all answered and intact.
model::Trace clean_trace() {
  model::Trace trace;
  trace.target.address = kTarget;
  for (int ttl = 1; ttl <= 6; ++ttl) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
      model::ProbeRecord record;
      record.probe.id = ProbeId{static_cast<std::uint32_t>(trace.probes.size())};
      record.probe.ttl = Ttl{static_cast<std::uint8_t>(ttl)};
      record.probe.attempt = attempt;
      record.probe.target = kTarget;
      model::Reply reply;
      reply.kind = ttl == 6 ? model::ReplyKind::SynAck : model::ReplyKind::TimeExceeded;
      reply.from = ttl == 6 ? kTarget : router(ttl);
      reply.grade.ip_id = model::IdGrade::Same;
      if (ttl < 6) {
        reply.quote = wire::Quote{};
      }
      record.state = model::Answered{.reply = reply};
      trace.probes.push_back(record);
    }
  }
  trace.verdict.distance = Ttl{6};
  trace.verdict.stop = model::StopReason::TargetAnswered;
  return trace;
}

void lose(model::Trace& trace, int ttl, int attempt) {
  trace.probes[static_cast<std::size_t>((ttl - 1) * 3 + attempt - 1)].state = model::Lost{};
}

model::Reply& reply(model::Trace& trace, int ttl, int attempt) {
  auto& record = trace.probes[static_cast<std::size_t>((ttl - 1) * 3 + attempt - 1)];
  return std::get<model::Answered>(record.state).reply;
}

TEST(Infer, FindsNothingOnACleanPath) {
  EXPECT_TRUE(infer(clean_trace()).empty());
}

TEST(Infer, ReportsASilentHopThatForwards) {
  model::Trace trace = clean_trace();
  for (const int attempt : {1, 2, 3}) {
    lose(trace, 3, attempt);
  }
  const auto findings = infer(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::SilentHop);
  EXPECT_EQ(findings[0].first_hop, Ttl{3});
  EXPECT_EQ(findings[0].certainty, model::Certainty::Certain);
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{6}, ProbeId{7}, ProbeId{8}}));
}

TEST(Infer, TellsRateLimitedErrorsFromLoss) {
  model::Trace trace = clean_trace();
  lose(trace, 2, 3);
  const auto findings = infer(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::LimitedReports);
  lose(trace, 5, 1);  // a later hop loses too: the cause may be loss on the path
  for (const model::Finding& finding : infer(trace)) {
    EXPECT_NE(finding.first_hop, Ttl{2});
  }
}

TEST(Infer, ReportsLoadBalancing) {
  model::Trace trace = clean_trace();
  reply(trace, 4, 2).from = router(44);
  const auto findings = infer(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].sentence, "two routers share the load");
}

TEST(Infer, ReportsARoutingLoopAndNotTheSilenceOfItsRouters) {
  support::TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).silent(2);
  for (int ttl = 3; ttl <= 12; ++ttl) {
    built.router(ttl, ttl % 2 == 1 ? "192.0.2.3" : "192.0.2.4", {1});
  }
  built.silent(13, 1).router(14, "192.0.2.4", {1});
  built.verdict({.stop = model::StopReason::MaxTtl}, false);
  const auto findings = infer(built.trace());
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, FindingKind::SilentHop);
  EXPECT_EQ(findings[0].first_hop, Ttl{2});
  EXPECT_EQ(findings[1].kind, FindingKind::RoutingLoop);
  EXPECT_EQ(findings[1].first_hop, Ttl{3});
  EXPECT_EQ(findings[1].last_hop, Ttl{14});
  EXPECT_EQ(findings[1].certainty, model::Certainty::Certain);
  EXPECT_EQ(
      findings[1].sentence,
      "routing loop of two hops: the probes pass 192.0.2.3 and 192.0.2.4 again and again until their TTL runs out");
  EXPECT_EQ(findings[1].evidence.size(), 11U);
}

TEST(Infer, ReportsDestinationNatByTheTargetsAddress) {
  model::Trace trace = clean_trace();
  for (const int ttl : {4, 5}) {
    for (const int attempt : {1, 2, 3}) {
      reply(trace, ttl, attempt).from = kTarget;
    }
  }
  const auto findings = infer(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::DestinationNat);
  EXPECT_EQ(findings[0].first_hop, Ttl{4});
  EXPECT_EQ(findings[0].last_hop, Ttl{5});
}

TEST(Infer, FindsNoDestinationNatBeforeARouterWithItsOwnAddress) {
  model::Trace trace = clean_trace();
  for (const int attempt : {1, 2, 3}) {
    reply(trace, 2, attempt).from = kTarget;
    lose(trace, 3, attempt);
  }
  for (const model::Finding& finding : infer(trace)) {
    EXPECT_NE(finding.kind, FindingKind::DestinationNat);
  }
  for (const int attempt : {1, 2, 3}) {  // one behind it is found all the same
    reply(trace, 5, attempt).from = kTarget;
  }
  const auto findings = infer(trace);
  const auto nat = std::ranges::find(findings, FindingKind::DestinationNat, &model::Finding::kind);
  ASSERT_NE(nat, findings.end());
  EXPECT_EQ(nat->first_hop, Ttl{5});
  EXPECT_EQ(nat->evidence.size(), 3U);
}

TEST(Infer, PlacesARewriteBetweenTheLastIntactAndTheFirstChangedQuote) {
  model::Trace trace = clean_trace();
  for (const int ttl : {4, 5}) {
    for (const int attempt : {1, 2, 3}) {
      reply(trace, ttl, attempt).grade.sequence_rewritten = true;
    }
  }
  const auto findings = infer(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::SequenceRewritten);
  EXPECT_EQ(findings[0].first_hop, Ttl{3});
  EXPECT_EQ(findings[0].last_hop, Ttl{4});
  EXPECT_EQ(findings[0].evidence.size(), 6U);
}

TEST(Infer, IgnoresASingleRouterThatMisquotes) {
  model::Trace trace = clean_trace();
  for (const int attempt : {1, 2, 3}) {
    reply(trace, 2, attempt).grade.ip_id = model::IdGrade::Zero;
  }
  EXPECT_TRUE(infer(trace).empty());
}

}  // namespace
}  // namespace synroute::infer
