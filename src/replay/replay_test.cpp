// SPDX-License-Identifier: Apache-2.0
#include "model/hop.hpp"
#include "replay/capture_for_tests.hpp"
#include "replay/replay_strategy.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace synroute::replay {
namespace {

using namespace std::chrono_literals;
using testing::Bytes;
using testing::replayed;
using testing::Script;
using wire::TcpFlag;

/// The addresses that answered, by TTL.
std::map<int, std::set<std::string>> rows_of(const model::Trace& trace) {
  std::map<int, std::set<std::string>> rows;
  for (const model::Hop& hop : model::hops(trace)) {
    auto& row = rows[hop.ttl.value()];
    for (const model::Responder& responder : hop.responders()) {
      row.insert(responder.address.to_string());
    }
  }
  return rows;
}

using Rows = std::map<int, std::set<std::string>>;

/// Probes sent one after the other with one 5-tuple and sequence number; only the IP ID differs.
Bytes sequential_trace(int silent_for) {
  Script script;
  int at = 0;
  std::uint16_t id = 1;
  for (int ttl = 1; ttl <= 3; ++ttl) {
    const auto probe = script.probe(at, {.ttl = ttl, .ip_id = id++});
    if (ttl == 1) {
      script.exceeded(at + 10, "198.51.100.1", probe);
    } else if (ttl == 3) {
      script.accept(at + 20, probe);
    }
    at += ttl == 2 ? silent_for : 30;
  }
  return script.file();
}

TEST(Replay, ShowsTheRoundTripsOfTheCapture) {
  const auto traces = replayed(sequential_trace(3000));
  ASSERT_EQ(traces.size(), 1U);
  const model::Trace& trace = traces.front();
  EXPECT_EQ(trace.method, model::Method::Replay);
  EXPECT_EQ(trace.started_at, WallTime{Script::kBegin});
  EXPECT_EQ(trace.duration, 3050ms);
  EXPECT_EQ(rows_of(trace), (Rows{{1, {"198.51.100.1"}}, {2, {}}, {3, {"203.0.113.80"}}}));
  EXPECT_EQ(trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(trace.verdict.distance, Ttl{3});
  EXPECT_EQ(trace.probes[0].reply()->rtt, 10ms);
  EXPECT_EQ(trace.probes[2].reply()->rtt, 20ms);
  ASSERT_EQ(trace.findings.size(), 1U);
  EXPECT_EQ(trace.findings.front().kind, model::FindingKind::SilentHop);
}

TEST(Replay, LeavesAnAnswerUnmatchedThatFitsTwoProbes) {
  // The unanswered probe was sent only 100 ms earlier: this may be its late answer.
  const auto traces = replayed(sequential_trace(100));
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces.front().counters.unmatched, 1U);
  EXPECT_FALSE(traces.front().verdict.distance);
  EXPECT_TRUE(rows_of(traces.front())[3].empty());
}

TEST(Replay, TellsProbesApartByConsecutiveIds) {
  // The error for probe 2 must not be attributed to probe 1, whose ID is one less.
  Script script;
  const auto first = script.probe(0, {.ttl = 1, .sequence = 0, .ip_id = 1});
  const auto second = script.probe(1, {.ttl = 2, .sequence = 0, .ip_id = 2});
  script.exceeded(10, "198.51.100.2", second);
  script.exceeded(11, "198.51.100.2", second);
  script.exceeded(12, "198.51.100.1", first);
  const auto traces = replayed(script.file());
  EXPECT_EQ(rows_of(traces.at(0)), (Rows{{1, {"198.51.100.1"}}, {2, {"198.51.100.2"}}}));
  EXPECT_EQ(traces.at(0).counters.duplicates, 1U);
}

TEST(Replay, TakesARetransmittedProbeForAnotherAttempt) {
  Script script;
  script.probe(0, {.ttl = 1, .source_port = 5, .ip_id = 0});
  const auto again = script.probe(1000, {.ttl = 1, .source_port = 5, .ip_id = 0});
  script.exceeded(1010, "198.51.100.1", again);
  const auto traces = replayed(script.file());
  ASSERT_EQ(traces.at(0).probes.size(), 2U);
  EXPECT_EQ(traces.at(0).probes[0].reply(), nullptr);
  EXPECT_EQ(traces.at(0).probes[1].reply()->rtt, 10ms);
}

TEST(Replay, BelievesAResetWhenNoProbeWentFarther) {
  Script script;
  script.exceeded(10, "198.51.100.1", script.probe(0, {.ttl = 1, .sequence = 1}));
  script.answer(30, script.probe(20, {.ttl = 2, .sequence = 2}), TcpFlag::Rst | TcpFlag::Ack);
  const auto traces = replayed(script.file());
  EXPECT_EQ(traces.at(0).verdict.state, model::PortState::Closed);
  EXPECT_EQ(traces.at(0).verdict.distance, Ttl{2});
}

TEST(Replay, DoesNotBelieveAResetThatAFullTtlDidNotConfirm) {
  Script script;
  script.answer(10, script.probe(0, {.ttl = 2, .sequence = 2}), TcpFlag::Rst | TcpFlag::Ack);
  script.probe(20, {.ttl = 1, .sequence = 1});
  script.probe(30, {.ttl = 64, .sequence = 3});
  EXPECT_EQ(replayed(script.file()).at(0).verdict.state, model::PortState::Filtered);
}

TEST(Replay, ReplaysEachTraceAtItsOwnTime) {
  Script script;
  for (const int begin : {0, 120'000}) {
    const auto probe = script.probe(begin, {.ttl = 1});
    script.probe(begin + 1, {.ttl = 2, .ip_id = 2});
    script.exceeded(begin + 5, "198.51.100.1", probe);
  }
  const auto traces = replayed(script.file());
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[1].started_at, WallTime{Script::kBegin + 120s});
  for (const model::Trace& trace : traces) {
    EXPECT_EQ(trace.duration, 5ms);
    EXPECT_EQ(trace.probes[0].reply()->rtt, 5ms);
    EXPECT_EQ(trace.counters.unmatched, 0U);
  }
}

TEST(Replay, ReplaysAFileCutAtAnyByte) {
  const Bytes file = sequential_trace(3000);
  std::size_t answered = 0;
  for (std::size_t size = 24; size <= file.size(); ++size) {
    const auto traces = replayed(Bytes{file.begin(), file.begin() + static_cast<long>(size)});
    std::size_t now = 0;
    for (const model::Trace& trace : traces) {
      now += static_cast<std::size_t>(std::ranges::count_if(
          trace.probes, [](const auto& record) { return record.reply() != nullptr; }));
    }
    EXPECT_GE(now, answered) << size;
    answered = now;
  }
  EXPECT_EQ(answered, 2U);
}

}  // namespace
}  // namespace synroute::replay
