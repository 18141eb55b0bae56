// SPDX-License-Identifier: Apache-2.0
#include "infer/ignored_resets.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::infer {
namespace {

using model::PortState;
using model::ReplyKind;
using support::TraceBuilder;

constexpr std::string_view kIgnored = "resets without ACK, which TCP ignores while it connects";

/// A closed port three hops away, with one reset per set of flags.
TraceBuilder closed_by(std::initializer_list<wire::TcpFlags> resets) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1.0});
  for (const wire::TcpFlags& flags : resets) {
    built.target(2, ReplyKind::Rst, {3.1});
    built.last().probe.flags = wire::TcpFlag::Syn;
    built.last_reply().flags = flags;
  }
  built.verdict({.state = PortState::Closed, .reached = true, .distance = Ttl{2}});
  return built;
}

std::vector<model::Finding> found_in(TraceBuilder& built) {
  std::vector<model::Finding> findings;
  find_ignored_resets(built.trace(), findings);
  return findings;
}

constexpr wire::TcpFlags kRst = wire::TcpFlag::Rst;
const wire::TcpFlags kRstAck = wire::TcpFlag::Rst | wire::TcpFlag::Ack;

TEST(IgnoredResets, AreThoseWithoutAck) {
  TraceBuilder built = closed_by({kRst, kRst});
  const auto findings = found_in(built);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, model::FindingKind::ResetIgnored);
  EXPECT_EQ(findings[0].certainty, model::Certainty::Certain);
  EXPECT_EQ(findings[0].last_hop, Ttl{2});
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{1}, ProbeId{2}}));
  EXPECT_NE(findings[0].sentence.find(kIgnored), std::string::npos);
}

TEST(IgnoredResets, AreNotReportedWhereOneCarriesAck) {
  TraceBuilder built = closed_by({kRst, kRstAck});
  EXPECT_TRUE(found_in(built).empty());
}

TEST(IgnoredResets, AreNotReportedForAckProbes) {
  TraceBuilder built = closed_by({kRst});
  built.last().probe.flags = wire::TcpFlag::Ack;
  EXPECT_TRUE(found_in(built).empty());
}

TEST(IgnoredResets, AreNamedByPortInAScan) {
  TraceBuilder built = closed_by({kRst, kRstAck, kRst});
  model::Trace& trace = built.trace();
  for (const int i : {1, 2, 3}) {
    trace.ports.push_back(
        {.port = Port{static_cast<std::uint16_t>(20 + i)},
         .state = PortState::Closed,
         .decided_by = ProbeId{static_cast<std::uint32_t>(i)}});
  }
  std::vector<model::Finding> findings;
  find_ports_with_ignored_resets(trace, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].sentence.find("ports 21, 23: the target sends resets without ACK"), 0U)
      << findings[0].sentence;
}

}  // namespace
}  // namespace synroute::infer
