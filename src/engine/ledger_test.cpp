// SPDX-License-Identifier: Apache-2.0
#include "engine/ledger.hpp"

#include <gtest/gtest.h>

namespace synroute::engine {
namespace {

using std::chrono::milliseconds;

constexpr ProbeId kFirst{0};

Instant at(int millis) {
  return Instant{milliseconds{millis}};
}

/// A ledger with one probe, sent at 10 ms.
Ledger with_one_probe() {
  Ledger ledger;
  ledger.add({.id = ledger.next_id()});
  ledger.note_sent(kFirst, at(10));
  return ledger;
}

model::Reply reply(model::ReplyKind kind, int received = 30) {
  return {.kind = kind, .received = at(received)};
}

TEST(Ledger, NumbersProbesFromZero) {
  Ledger ledger;
  EXPECT_EQ(ledger.next_id(), ProbeId{0});
  ledger.add({.id = ProbeId{0}});
  EXPECT_EQ(ledger.next_id(), ProbeId{1});
  EXPECT_EQ(ledger.record(ProbeId{0}).probe.id, ProbeId{0});
}

TEST(Ledger, CountsWaitingProbesThroughEveryTransition) {
  Ledger ledger;
  for (std::uint32_t i = 0; i < 3; ++i) {
    ledger.add({.id = ProbeId{i}});
  }
  EXPECT_EQ(ledger.waiting_count(), 3U);
  ledger.answer(ProbeId{0}, reply(model::ReplyKind::Rst));
  ledger.lose(ProbeId{1});
  ledger.refuse(ProbeId{2}, model::Refusal::NoRoute);
  EXPECT_EQ(ledger.waiting_count(), 0U);
  ledger.reopen(ProbeId{0});
  EXPECT_EQ(ledger.waiting_count(), 1U);
  ledger.answer(ProbeId{1}, reply(model::ReplyKind::SynAck));  // late: it was not waiting
  EXPECT_EQ(ledger.waiting_count(), 1U);
}

TEST(Ledger, CallsAnAnswerToALostProbeLate) {
  Ledger ledger = with_one_probe();
  ledger.lose(kFirst);
  ledger.answer(kFirst, reply(model::ReplyKind::SynAck));
  EXPECT_TRUE(ledger.record(kFirst).is_late());
  EXPECT_EQ(ledger.counters().late, 1U);
}

TEST(Ledger, CountsASendingOnceAndMeasuresByTheLatestStamp) {
  Ledger ledger = with_one_probe();
  ledger.answer(kFirst, reply(model::ReplyKind::SynAck, 30));
  ledger.note_sent(kFirst, at(12));
  EXPECT_EQ(ledger.counters().sent, 1U);
  EXPECT_EQ(ledger.record(kFirst).reply()->rtt, milliseconds{18});
  ledger.note_sent(kFirst, at(31));
  EXPECT_EQ(ledger.record(kFirst).reply()->rtt, Duration{0}) << "stamps that cross";
}

TEST(Ledger, KeepsADisprovedReplyAndForgetsItsCopies) {
  Ledger ledger = with_one_probe();
  ledger.answer(kFirst, reply(model::ReplyKind::Rst));
  ledger.add_duplicate(kFirst);
  ledger.reopen(kFirst);
  const model::ProbeRecord& record = ledger.record(kFirst);
  EXPECT_TRUE(record.is_waiting());
  EXPECT_EQ(record.duplicates, 0);
  ASSERT_EQ(record.disproved.size(), 1U);
  EXPECT_EQ(record.disproved[0].kind, model::ReplyKind::Rst);
  EXPECT_EQ(ledger.counters().duplicates, 1U) << "packets that came stay counted";
}

TEST(Ledger, KeepsOnlyTheFirstDisprovedResetOfAProbe) {
  Ledger ledger = with_one_probe();
  ledger.disprove(kFirst, reply(model::ReplyKind::Rst, 20));
  ledger.disprove(kFirst, reply(model::ReplyKind::Rst, 21));
  ASSERT_EQ(ledger.record(kFirst).disproved.size(), 1U);
  EXPECT_EQ(ledger.record(kFirst).disproved[0].received, at(20));
}

TEST(Ledger, AnAnswerEndsAnOverlap) {
  Ledger ledger = with_one_probe();
  ledger.set_overlapped(kFirst, true);
  ledger.answer(kFirst, reply(model::ReplyKind::SynAck));
  EXPECT_FALSE(ledger.record(kFirst).overlapped);
}

TEST(Ledger, FindsAFlowByBothPorts) {
  Ledger ledger;
  ledger.add_flow({.source_port = Port{1000}, .target_port = Port{80}});
  const FlowId second = ledger.add_flow({.source_port = Port{1000}, .target_port = Port{443}});
  EXPECT_EQ(ledger.find_flow(Port{1000}, Port{443}), second);
  EXPECT_EQ(ledger.find_flow(Port{1001}, Port{443}), std::nullopt);
}

TEST(Ledger, HasNoRecordsAfterTheyAreTaken) {
  Ledger ledger = with_one_probe();
  EXPECT_EQ(ledger.take_records().size(), 1U);
  EXPECT_TRUE(ledger.records().empty());
  EXPECT_EQ(ledger.waiting_count(), 0U);
}

TEST(LedgerDeathTest, RefusesToLoseAnAnsweredProbe) {
  Ledger ledger = with_one_probe();
  ledger.answer(kFirst, reply(model::ReplyKind::SynAck));
  EXPECT_DEBUG_DEATH(ledger.lose(kFirst), "is_waiting");
}

}  // namespace
}  // namespace synroute::engine
