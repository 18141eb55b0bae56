// SPDX-License-Identifier: Apache-2.0
#include "drive/session.hpp"

#include "drive/session_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace synroute::drive {
namespace {

std::vector<std::string> slice(const Journal& journal, std::size_t from, std::size_t count) {
  const auto begin = journal.begin() + static_cast<std::ptrdiff_t>(std::min(from, journal.size()));
  return {
      begin,
      begin + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(count), journal.end() - begin)};
}

TEST(Session, SendsAtOnceAndWaitsForTheAnswer) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(20);
  bench.add({.name = "a"});
  const Outcome outcome = bench.run();
  EXPECT_EQ(
      bench.journal,
      (Journal{
          "receive",
          "send a0",
          "receive",
          "print",
          "wait",  // what is sent is reported at once
          "receive",
          "answered a0",
          "print"}));
  ASSERT_EQ(outcome.traces.size(), 1U);
  EXPECT_EQ(outcome.traces[0].probes[0].reply()->rtt, milliseconds{20});
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_FALSE(outcome.reader_gone);
}

TEST(Session, TakesAnswersBeforeDeadlinesBeforeSendingBeforeWaiting) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(100);  // when the patience for a1 ends
  bench.add({.name = "a", .at_once = 2, .afterwards = 1});
  bench.run();
  const std::size_t answered = bench.find("answered a0");
  EXPECT_EQ(
      slice(bench.journal, answered - 1, 6),
      (Journal{"receive", "answered a0", "lost a1", "send a2", "receive", "wait"}));
}

TEST(Session, LetsAnAnswerWhileTheProcessIsStoppedBeatTheDeadlineDuringTheSameStop) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(95);
  bench.transport.replies["a1"] = syn_ack_after(50);  // wakes the session
  bench.transport.after_receiving = [&bench] {
    if (bench.waiter.time == at(50)) {
      bench.waiter.time = at(300);  // patience has ended at 100 ms, a0 was answered at 95
    }
  };
  bench.add({.name = "a", .at_once = 2});
  bench.run();
  EXPECT_LT(bench.find("answered a0"), bench.journal.size());
  EXPECT_EQ(std::ranges::count(bench.journal, "lost a0"), 0);
}

TEST(Session, LetsAnAnswerDuringAWaitBeatTheDeadlineDuringTheSameWait) {
  SessionBench bench;
  bench.waiter.oversleeps = milliseconds{50};
  bench.transport.replies["a0"] = syn_ack_after(95);
  bench.transport.replies["a1"] = syn_ack_after(60);  // wakes at 110 ms: the others are due
  bench.add({.name = "a", .at_once = 2});
  const Outcome outcome = bench.run();
  EXPECT_FALSE(outcome.traces[0].probes[0].is_late());
  EXPECT_EQ(outcome.traces[0].probes[0].reply()->rtt, milliseconds{95});
  EXPECT_EQ(bench.find("lost a0"), bench.journal.size());
}

TEST(Session, GivesUpAProbeWhoseAnswerComesAfterTheDeadline) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(101);
  bench.add({.name = "a"});
  const Outcome outcome = bench.run();
  EXPECT_TRUE(std::holds_alternative<model::Lost>(outcome.traces[0].probes[0].state));
  EXPECT_EQ(outcome.traces[0].duration, milliseconds{100});
}

TEST(Session, GivesEveryPacketOfAllTracesATokenOfItsOwn) {
  SessionBench bench;
  bench.add({.name = "a", .at_once = 3});
  bench.add({.name = "b", .at_once = 3});
  bench.run();
  EXPECT_EQ(bench.transport.tokens.size(), 6U);
  EXPECT_EQ(std::set(bench.transport.tokens.begin(), bench.transport.tokens.end()).size(), 6U);
}

TEST(Session, RoutesReportsToTheTraceWhoseProbeTheyAreAbout) {
  SessionBench bench;
  bench.transport.refusals["b0"] = model::Refusal::NoRoute;
  bench.transport.delays["a0"] = milliseconds{2};
  bench.transport.delays["b1"] = milliseconds{3};
  bench.add({.name = "a", .at_once = 2});
  bench.add({.name = "b", .at_once = 2});
  const Outcome outcome = bench.run();
  ASSERT_EQ(outcome.traces.size(), 2U);
  const auto& a = outcome.traces[0].probes;
  const auto& b = outcome.traces[1].probes;
  EXPECT_EQ(a[0].probe.sent, at(2));
  EXPECT_EQ(a[1].probe.sent, at(0));
  EXPECT_EQ(b[0].refusal(), model::Refusal::NoRoute);
  EXPECT_FALSE(b[0].probe.has_left);
  EXPECT_EQ(b[1].probe.sent, at(3));
  EXPECT_EQ(outcome.traces[0].counters.refused, 0U);
  EXPECT_EQ(outcome.traces[1].counters.refused, 1U);
}

TEST(Session, RoutesAnswersToTheTraceTheyBelongTo) {
  SessionBench bench;
  bench.transport.replies["b0"] = syn_ack_after(10);
  bench.add({.name = "a"});
  bench.add({.name = "b"});
  const Outcome outcome = bench.run();
  EXPECT_EQ(outcome.traces[0].probes[0].reply(), nullptr);
  EXPECT_EQ(outcome.traces[1].probes[0].reply()->rtt, milliseconds{10});
  EXPECT_EQ(outcome.traces[0].counters.unmatched, 0U);
}

TEST(Session, RoutesAnAnswerWithoutKeysByTheProbeTheTransportNames) {
  SessionBench bench;
  bench.transport.replies["b1"] = [](const wire::Datagram& probe) {
    return ScriptedTransport::Reply{
        .after = milliseconds{10},
        .datagram = support::segment_acknowledging(0, probe, wire::TcpFlag::Rst),
        .names_probe = true};
  };
  bench.add({.name = "a", .at_once = 2});
  bench.add({.name = "b", .at_once = 2});
  const Outcome outcome = bench.run();
  EXPECT_NE(outcome.traces[1].probes[1].reply(), nullptr);
  EXPECT_EQ(outcome.traces[1].probes[0].reply(), nullptr);
  EXPECT_EQ(outcome.traces[0].probes[1].reply(), nullptr);
}

TEST(Session, IgnoresReportsAboutPacketsThatAreNoProbes) {
  for (const bool refused : {false, true}) {
    SessionBench bench;
    bench.transport.refuses_resets = refused;
    bench.transport.replies["a0"] = syn_ack_after(10);
    bench.add({.name = "a", .withdraws = true});
    const Outcome outcome = bench.run();
    EXPECT_NE(bench.find("send a0 RST"), bench.journal.size());
    ASSERT_EQ(outcome.traces[0].probes.size(), 1U);
    EXPECT_EQ(outcome.traces[0].counters.sent, 1U);
    EXPECT_EQ(outcome.traces[0].counters.refused, 0U);
  }
}

TEST(Session, SendsWhatARefusalCausesInTheSameTurn) {
  SessionBench bench;
  bench.transport.refusals["a0"] = model::Refusal::NoBuffers;
  bench.add({.name = "a", .afterwards = 1});
  bench.run();
  EXPECT_EQ(
      slice(bench.journal, 1, 6),
      (Journal{"send a0", "receive", "refused a0", "send a1", "receive", "print"}));
}

TEST(Session, RunsTracesBesideEachOther) {
  SessionBench bench;
  bench.add({.name = "a"});
  bench.add({.name = "b"});
  bench.run();
  EXPECT_NE(bench.find("send a0 b0"), bench.journal.size());
  EXPECT_EQ(bench.waiter.time, at(100));
}

TEST(Session, StartsNoMoreTracesThanItMayAndTheNextWhenOneEnds) {
  SessionBench bench;
  bench.options.concurrent_max = 1;
  bench.transport.replies["a0"] = syn_ack_after(20);
  bench.add({.name = "a"});
  bench.add({.name = "b"});
  const Outcome outcome = bench.run();
  EXPECT_LT(bench.find("answered a0"), bench.find("send b0"));
  ASSERT_EQ(outcome.traces.size(), 2U);
  EXPECT_EQ(outcome.traces[1].probes[0].probe.sent, at(20)) << "not a wait later";
}

TEST(Session, HoldsTheTextOfALaterTraceUntilTheEarlierIsDone) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(50);
  bench.transport.replies["b0"] = syn_ack_after(20);
  bench.add({.name = "a"});
  bench.add({.name = "b"});
  bench.run();
  EXPECT_LT(bench.find("answered b0"), bench.find("answered a0"));
  EXPECT_EQ(bench.printed, "a started;a finished;b started;b finished;");
}

TEST(Session, LetsPresentersFinishAtTheirOwnDeadline) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(20);
  bench.add({.name = "a"}, milliseconds{30});
  const Outcome outcome = bench.run();
  EXPECT_EQ(bench.printed, "a started;a finished;a last words;");
  EXPECT_EQ(bench.waiter.time, at(50));
  EXPECT_EQ(outcome.traces[0].duration, milliseconds{20});
}

TEST(Session, TellsNamesToTheTracesThatShowTheAddress) {
  SessionBench bench;
  bench.resolves = true;
  bench.transport.replies["a0"] = [](const wire::Datagram& probe) {
    return ScriptedTransport::Reply{
        .after = milliseconds{20}, .datagram = support::time_exceeded(1, probe)};
  };
  bench.add({.name = "a", .at_once = 2});
  bench.add({.name = "b"});
  bench.run();
  // Each trace asks for its target; the resolver asks the network once per address.
  EXPECT_EQ(
      bench.resolver.asked, (std::vector{support::kTarget, support::kTarget, support::router(1)}));
  EXPECT_EQ(std::ranges::count(bench.printed, 'n') > 0, true);
  EXPECT_NE(bench.printed.find("a name name3;"), std::string::npos);
  EXPECT_EQ(bench.printed.find("b name name3;"), std::string::npos);
}

TEST(Session, AddsWhatTheTransportCountsAndWhatIsInferred) {
  SessionBench bench;
  bench.options.infer = [](const model::Trace& trace) {
    return std::vector<model::Finding>(trace.probes.size());
  };
  bench.add({.name = "a", .at_once = 2});
  const Outcome outcome = bench.run();
  EXPECT_EQ(outcome.traces[0].counters.malformed, 3U);
  EXPECT_EQ(outcome.traces[0].findings.size(), 2U);
}

TEST(Session, TakesWhatHasArrivedBeforeItEndsInterrupted) {
  SessionBench bench;
  bench.waiter.interrupted_at = at(40);
  bench.transport.replies["a0"] = syn_ack_after(40);
  bench.add({.name = "a", .at_once = 2}, milliseconds{500});
  const Outcome outcome = bench.run();
  EXPECT_TRUE(outcome.interrupted);
  ASSERT_EQ(outcome.traces.size(), 1U);
  const model::Trace& trace = outcome.traces[0];
  EXPECT_EQ(trace.verdict.stop, model::StopReason::Interrupted);
  EXPECT_EQ(trace.duration, milliseconds{40});
  EXPECT_NE(trace.probes[0].reply(), nullptr);
  EXPECT_TRUE(trace.probes[1].is_waiting());
  EXPECT_EQ(bench.printed, "a started;a finished;a last words;") << "without waiting 500 ms";
  EXPECT_EQ(bench.waiter.time, at(40));
}

TEST(Session, LeavesOutTracesThatHadNotBegunWhenInterrupted) {
  SessionBench bench;
  bench.options.concurrent_max = 1;
  bench.waiter.interrupted_at = at(40);
  bench.add({.name = "a"});
  bench.add({.name = "b"});
  const Outcome outcome = bench.run();
  EXPECT_EQ(outcome.traces.size(), 1U);
  EXPECT_EQ(bench.find("send b0"), bench.journal.size());
}

TEST(Session, StopsWithoutAFurtherWaitWhenTheOutputIsClosed) {
  SessionBench bench;
  bench.reader_leaves_after = 0;
  bench.add({.name = "a"});
  const Outcome outcome = bench.run();
  EXPECT_TRUE(outcome.reader_gone);
  EXPECT_TRUE(outcome.traces.empty());
  EXPECT_EQ(bench.waiter.waits, 0);
}

TEST(Session, IsDoneAtOnceWithoutTraces) {
  SessionBench bench;
  const Outcome outcome = bench.run();
  EXPECT_TRUE(outcome.traces.empty());
  EXPECT_TRUE(bench.journal.empty());
}

}  // namespace
}  // namespace synroute::drive
