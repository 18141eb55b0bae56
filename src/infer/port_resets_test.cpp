// SPDX-License-Identifier: Apache-2.0
#include "infer/scan.hpp"
#include "support/scan_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::infer {
namespace {

using model::ReplyKind;

TEST(PortResets, NamesBothAnswersToTheProbe) {
  support::ScanBuilder built;
  built.answered(443, ReplyKind::SynAck, 30.2);
  model::Trace trace = built.trace();
  model::Reply reset = *trace.probes[0].reply();
  reset.kind = ReplyKind::Rst;
  reset.rtt = support::ms(12.1);
  trace.probes[0].disproved.push_back(reset);
  trace.ports[0].state = model::PortState::Rejected;
  const auto findings = infer_scan(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, model::FindingKind::ForgedResets);
  EXPECT_EQ(findings[0].evidence, std::vector{ProbeId{0}});
  EXPECT_EQ(
      findings[0].sentence,
      "port 443: forged resets: a reset with the target's address came 12.1 ms after the SYN, "
      "the target's SYN|ACK to the same SYN 30.2 ms after it");
  EXPECT_EQ(model::deciding_reply(trace, trace.ports[0])->kind, ReplyKind::Rst);
}

}  // namespace
}  // namespace synroute::infer
