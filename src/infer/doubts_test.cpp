// SPDX-License-Identifier: Apache-2.0
#include "infer/doubts.hpp"

#include <gtest/gtest.h>

namespace synroute::infer {
namespace {

using model::FindingKind;
using model::ReplyKind;

std::vector<model::Finding> unattributed(const model::Unattributed& answers) {
  model::Trace trace;
  trace.unattributed = {answers};
  std::vector<model::Finding> findings;
  find_unattributed_answers(trace, findings);
  return findings;
}

TEST(Doubts, SaysWhatWasHeardWhereNothingWasAsked) {
  const auto findings =
      unattributed({.kind = ReplyKind::Rst, .packets = 90, .strays = 70, .asked = 5});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::UnattributedAnswers);
  EXPECT_EQ(findings[0].certainty, model::Certainty::Possible);
  EXPECT_EQ(
      findings[0].sentence,
      "resets with the target's address and without the number of any probe arrived, and 5 further SYNs did not show that the target sends them; at least 70 came to ports that were not used or when no answer was due: somebody may be forging them");
}

TEST(Doubts, SuspectsNobodyWhereOnlyPortsInUseHeardSomething) {
  const auto findings = unattributed({.kind = ReplyKind::Ack, .packets = 1, .asked = 4});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].sentence.find("forging"), std::string::npos);
}

TEST(Doubts, NamesBothHostsThatAnsweredOneProbe) {
  model::Reply reply;
  reply.from = IpAddress::v4(0xc6336404);
  model::Reply other = reply;
  other.from = IpAddress::v4(0xc6120042);
  other.kind = ReplyKind::Unreachable;
  model::Trace trace;
  for (const Ttl ttl : {Ttl{4}, Ttl{5}}) {
    model::ProbeRecord record;
    record.probe.ttl = ttl;
    record.state = model::Answered{.reply = reply};
    record.rivals = {{.reply = other, .is_disproved = false}};
    trace.probes.push_back(record);
  }
  std::vector<model::Finding> findings;
  find_contradicting_answers(trace, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].first_hop, Ttl{4});
  EXPECT_EQ(findings[0].last_hop, Ttl{5});
  EXPECT_EQ(
      findings[0].sentence,
      "198.51.100.4 (time exceeded) and 198.18.0.66 (unreachable) answered the same probe: both show its numbers, and nothing tells which is genuine");
}

/// What is said of a SYN|ACK at 30 ms and an unreachable at this time, both for one probe.
std::string sentence_about_unreachable_at(int milliseconds) {
  model::Reply accepted;
  accepted.kind = ReplyKind::SynAck;
  accepted.received = Instant{} + std::chrono::milliseconds{30};
  model::Reply unreachable;
  unreachable.kind = ReplyKind::Unreachable;
  unreachable.received = Instant{} + std::chrono::milliseconds{milliseconds};
  model::ProbeRecord record;
  record.state = model::Answered{.reply = accepted};
  record.rivals = {{.reply = unreachable, .is_disproved = false}};
  model::Trace trace;
  trace.probes.push_back(record);
  std::vector<model::Finding> findings;
  find_contradicting_answers(trace, findings);
  return findings.at(0).sentence;
}

TEST(Doubts, SaysThatAnUnreachableBeforeTheSynAckEndsAConnection) {
  constexpr std::string_view kFails = "a connection that gets it before the SYN|ACK fails at once";
  EXPECT_NE(sentence_about_unreachable_at(29).find(kFails), std::string::npos);
  EXPECT_EQ(sentence_about_unreachable_at(31).find(kFails), std::string::npos);
}

}  // namespace
}  // namespace synroute::infer
