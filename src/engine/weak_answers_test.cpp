// SPDX-License-Identifier: Apache-2.0
#include "engine/weak_answers.hpp"

#include "engine/matcher_for_tests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::engine {
namespace {

using std::chrono::milliseconds;

std::vector<Port> ports() {
  std::vector<Port> all;
  for (std::uint16_t i = 0; i < WeakAnswers::kPorts; ++i) {
    all.emplace_back(static_cast<std::uint16_t>(41000 + 97 * i));
  }
  return all;
}

wire::Datagram weak(wire::TcpFlags flags, Port port = Port{45002}) {
  wire::Datagram datagram;
  datagram.ip.source = kTarget;
  datagram.ip.destination = kSource;
  wire::TcpSegment segment;
  segment.header.source_port = kPort;
  segment.header.destination_port = port;
  segment.header.flags = flags;
  datagram.body = segment;
  return datagram;
}

WeakAnswer answer_at(Instant received, WeakKind kind, std::uint32_t flow = 0) {
  const wire::TcpFlags flags = kind == WeakKind::Reset ? wire::TcpFlag::Rst : wire::TcpFlag::Ack;
  return {.flow = FlowId{flow}, .kind = kind, .datagram = weak(flags), .received = received};
}

/// Runs until a test has ended; a target that answers does so after 30 ms.
std::optional<WeakAnswers::Outcome> run(WeakAnswers& answers, bool target_answers, Instant now) {
  std::multimap<Instant, Port> coming;
  for (int step = 0; step < 1000; ++step) {
    while (!coming.empty() && coming.begin()->first <= now) {
      answers.hear(WeakKind::Reset, coming.begin()->second, coming.begin()->first);
      coming.erase(coming.begin());
    }
    if (const auto question = answers.ask(now); question && target_answers) {
      coming.emplace(now + milliseconds{30}, question->source_port);
    }
    if (auto outcome = answers.conclude(now)) {
      return outcome;
    }
    auto due = answers.deadline();
    if (!coming.empty()) {
      due = earliest(due, coming.begin()->first);
    }
    if (!due) {
      break;
    }
    now = std::max(now, *due);
  }
  return std::nullopt;
}

TEST(WeakAnswers, AreToldFromThoseThatCarryANumber) {
  EXPECT_EQ(weak_kind_of(weak(wire::TcpFlag::Rst)), WeakKind::Reset);
  EXPECT_EQ(weak_kind_of(weak(wire::TcpFlag::Syn)), WeakKind::Other);
  EXPECT_EQ(weak_kind_of(weak(wire::TcpFlag::Syn | wire::TcpFlag::Ack)), WeakKind::Other);
  EXPECT_EQ(weak_kind_of(weak(wire::TcpFlag::Ack)), WeakKind::Other);
  wire::Datagram numbered = weak(wire::TcpFlag::Rst | wire::TcpFlag::Ack);
  wire::TcpSegment segment = *numbered.tcp();
  segment.header.acknowledgement = 4711;
  numbered.body = segment;
  EXPECT_EQ(weak_kind_of(numbered), std::nullopt);
}

TEST(WeakAnswers, ASynWithoutOurNumberShowsOnlyThatTheTargetExists) {
  EXPECT_EQ(reply_kind(WeakKind::Other), model::ReplyKind::Ack);
}

TEST(WeakAnswers, AreReturnedOnceTheTestHasEnded) {
  for (const bool target_answers : {true, false}) {
    WeakAnswers answers{ports(), 5};
    EXPECT_FALSE(answers.is_testing());
    EXPECT_TRUE(answers.hold(answer_at(Instant{}, WeakKind::Reset, 0)));
    EXPECT_TRUE(answers.hold(answer_at(Instant{}, WeakKind::Reset, 1)));
    EXPECT_TRUE(answers.hold(answer_at(Instant{}, WeakKind::Reset, 1)));
    EXPECT_TRUE(answers.is_testing());
    const auto outcome = run(answers, target_answers, Instant{});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->is_believed, target_answers);
    EXPECT_EQ(outcome->held.size(), 2U) << "one of each flow";
    EXPECT_EQ(answers.believes(WeakKind::Reset), target_answers);
    EXPECT_EQ(answers.hold(answer_at(Instant{}, WeakKind::Reset)), target_answers);
    EXPECT_EQ(answers.unattributed().size(), target_answers ? 0U : 1U);
  }
}

TEST(WeakAnswers, TestOneKindAfterTheOther) {
  WeakAnswers answers{ports(), 5};
  answers.hold(answer_at(Instant{}, WeakKind::Reset));
  answers.hold(answer_at(Instant{}, WeakKind::Other));
  const auto first = run(answers, true, Instant{});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, WeakKind::Reset);
  EXPECT_TRUE(answers.is_testing());
  const auto second = run(answers, true, Instant{std::chrono::seconds{3}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, WeakKind::Other);
  EXPECT_FALSE(second->is_believed) << "it answers with resets";
}

TEST(WeakAnswers, FailAtOnceWithoutPorts) {
  WeakAnswers answers{{}, 5};
  answers.hold(answer_at(Instant{}, WeakKind::Reset));
  const auto outcome = answers.conclude(Instant{});
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->is_believed);
  EXPECT_EQ(outcome->held.size(), 1U);
}

TEST(WeakAnswers, OfAnAbandonedTestAreReportedOnlyWhereOthersCameToUnusedPorts) {
  for (const bool is_flood : {false, true}) {
    WeakAnswers answers{ports(), 5};
    answers.hold(answer_at(Instant{}, WeakKind::Reset));
    if (is_flood) {
      answers.hear(WeakKind::Reset, ports().front(), Instant{});
    }
    EXPECT_EQ(answers.abandon().size(), 1U);
    EXPECT_FALSE(answers.is_testing());
    EXPECT_EQ(answers.unattributed().size(), is_flood ? 1U : 0U);
  }
}

}  // namespace
}  // namespace synroute::engine
