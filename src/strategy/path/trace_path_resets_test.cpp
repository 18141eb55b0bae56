// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_for_tests.hpp"
#include "strategy/path/trace_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::strategy {
namespace {

/// The shape of all rows of the hops from `first` to `last`, without those of routers that
/// answered.
std::string odd_rows(const model::Trace& trace, int first, int last) {
  std::string text;
  for (int ttl = first; ttl <= last; ++ttl) {
    const std::string row = shape(trace, ttl);
    text += row == "time_exceeded time_exceeded time_exceeded " ? "" : row;
  }
  return text;
}

TEST(TracePathResets, TellsAClosedPort) {
  Path path;
  path.port = Path::Port::Closed;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(shape(outcome.trace, 12), "rst rst rst ");
}

TEST(TracePathResets, DoesNotBelieveAnRstThatOnlyExpiringProbesDraw) {
  Path path;
  path.resets_on_arrival = true;
  for (const int queries : {1, 3}) {
    const Outcome outcome = run(path, {.queries = queries});
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open) << queries << " queries";
    EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  }
}

TEST(TracePathResets, GoesOnToTheTargetBehindForgedResets) {
  for (const int copies : {1, 3}) {
    Path path;
    path.forger = {.after = 4, .copies = copies, .reply_ttl = Ttl{61}};
    const Outcome outcome = run(path);
    const model::Verdict& verdict = outcome.trace.verdict;
    EXPECT_EQ(verdict.state, model::PortState::Rejected) << copies;
    EXPECT_TRUE(verdict.reached);
    EXPECT_EQ(verdict.distance, Ttl{12});
    EXPECT_EQ(outcome.announced, one_to(12));
    EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
    EXPECT_EQ(shape(outcome.trace, 12), "syn_ack syn_ack syn_ack ");
    EXPECT_EQ(model::deciding_reply(outcome.trace)->kind, model::ReplyKind::Rst);
    EXPECT_LE(outcome.trace.duration, milliseconds{60} * 3);
  }
}

TEST(TracePathResets, TellsForgedResetsFromASilentTarget) {
  Path path;
  path.forger = {.after = 4, .reply_ttl = Ttl{61}};
  path.port = Path::Port::Dropped;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Rejected);
  EXPECT_FALSE(outcome.trace.verdict.reached);
  EXPECT_EQ(outcome.trace.verdict.distance, std::nullopt);
  EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
}

TEST(TracePathResets, HoldsAPortForOpenWhoseAnswerOutrunsTheForgedResets) {
  Path path;
  path.forger = {.after = 4, .delay = milliseconds{50}};  // 70 ms, the target takes 60
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
  EXPECT_EQ(odd_rows(outcome.trace, 1, 11), "");
}

TEST(TracePathResets, BelievesAForgerWhomNothingGivesAway) {
  Path path;  // the reset of the last router, with the TTL that the target's would have
  path.port = Path::Port::Dropped;
  path.dropped_after = 0;
  path.forger = {.after = 11, .reply_ttl = Ttl{53}};
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
}

TEST(TracePathResets, ListensLongerOnlyToOddResets) {
  Path plain;
  plain.port = Path::Port::Closed;
  EXPECT_LE(run(plain).trace.duration, milliseconds{60} * 4 / 3 + milliseconds{30});
  Path odd;  // the way back is longer: nothing contradicts, and closed it stays
  odd.port = Path::Port::Closed;
  odd.reply_ttl = Ttl{50};
  const Outcome outcome = run(odd);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_GE(outcome.trace.duration, milliseconds{300});
  EXPECT_LE(outcome.trace.duration, milliseconds{400});
}

TEST(TracePathResets, FindsTheDistanceOfATargetWhoseResetsCarryNoKey) {
  Path path;
  path.port = Path::Port::Closed;
  path.keyless_resets = true;
  const Outcome outcome = run(path);
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Closed);
  EXPECT_EQ(outcome.trace.verdict.distance, Ttl{12});
}

}  // namespace
}  // namespace synroute::strategy
