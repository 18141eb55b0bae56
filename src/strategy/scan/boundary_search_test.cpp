// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/boundary_search.hpp"

#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace synroute::strategy {
namespace {

using Suspect = BoundarySearch::Suspect;
using Question = BoundarySearch::Question;
using model::ReplyKind;
using std::chrono::milliseconds;

constexpr int kLastTtl = 30;
/// The distance of the target.
constexpr int kDistance = 10;
/// The first of the suspects, on which the target answers: the walk.
constexpr std::size_t kReference = 0;

/// What comes back for a question, of the router at its TTL; nothing for silence.
using Network = std::function<std::optional<ReplyKind>(const Question&)>;

/// Answers every question before the next is asked: after 1 ms, or not within 200 ms.
class Bench {
 public:
  Bench(const std::vector<Suspect>& suspects, Network network)
      : search_{suspects, kLastTtl}, network_{std::move(network)} {}

  /// Until the search has finished.
  void run() {
    while (!search_.finished()) {
      const auto question = search_.next(now_);
      if (const auto due = search_.deadline(now_); !question && due) {
        now_ = *due;
        continue;
      }
      if (!question) {
        EXPECT_TRUE(search_.finished()) << "no question, although nothing is awaited";
        return;
      }
      questions.push_back(*question);
      answer(*question);
    }
  }
  void answer(const Question& question) {
    model::ProbeRecord record;
    record.probe.ttl = ttl_of(question.ttl);
    record.probe.sent = now_;
    record.state = model::Lost{};
    if (const auto kind = network_(question)) {
      record.state =
          model::Answered{.reply = {.kind = *kind, .from = support::router(answering(question))}};
    }
    search_.settled(question.index, record);
    now_ = now_ + (record.reply() != nullptr ? milliseconds{1} : milliseconds{200});
  }
  /// "passed/stopped" of a port.
  [[nodiscard]] std::string reach(std::size_t index) const {
    const auto reach = search_.reach(index);
    if (!reach) {
      return "unknown";
    }
    const std::string stopped =
        reach->first_stopped ? std::to_string(reach->first_stopped->value()) : "-";
    return std::to_string(reach->last_passed.value()) + "/" + stopped
           + (reach->assumed ? " assumed" : "");
  }
  [[nodiscard]] int count_questions(std::size_t index) const {
    int count = 0;
    for (const Question& question : questions) {
      count += question.index == index ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] BoundarySearch& search() { return search_; }

  std::vector<Question> questions;
  /// The hop that answers a question.
  std::function<int(const Question&)> answering = [](const Question& question) {
    return question.ttl;
  };

 private:
  BoundarySearch search_;
  Network network_;
  Instant now_;
};

/// One answering port and `silent` others behind it.
std::vector<Suspect> suspects(std::size_t silent) {
  std::vector<Suspect> result{{.index = kReference, .answers = true}};
  for (std::size_t i = 1; i <= silent; ++i) {
    result.push_back({.index = i, .answers = false});
  }
  return result;
}

/// The answer of routers and target when probes with larger TTLs than `last_passed` are dropped.
std::optional<ReplyKind> answer_up_to(int last_passed, int ttl) {
  if (ttl > last_passed) {
    return std::nullopt;
  }
  return ttl < kDistance ? ReplyKind::TimeExceeded : ReplyKind::SynAck;
}

std::optional<ReplyKind> pass_all(const Question& question) {
  return answer_up_to(kDistance, question.ttl);
}

TEST(BoundarySearch, IsFinishedWithoutSuspects) {
  BoundarySearch search{{}, kLastTtl};
  EXPECT_TRUE(search.finished());
  EXPECT_FALSE(search.next(Instant{}));
}

TEST(BoundarySearch, WalksTheReferenceFirstAndOnlyOnce) {
  Bench bench{suspects(0), pass_all};
  bench.run();
  ASSERT_EQ(bench.questions.size(), 10U);
  for (int ttl = 1; ttl <= kDistance; ++ttl) {
    EXPECT_EQ(bench.questions[static_cast<std::size_t>(ttl - 1)].ttl, ttl);
  }
  EXPECT_EQ(bench.reach(kReference), "9/10");
}

TEST(BoundarySearch, AsksNothingMoreWhileAnswersAreAwaited) {
  Bench bench{suspects(0), pass_all};
  std::vector<Question> asked;
  while (const auto question = bench.search().next(Instant{})) {
    asked.push_back(*question);
  }
  EXPECT_EQ(asked.size(), 8U) << "as far ahead as a walk goes";
  EXPECT_FALSE(bench.search().finished());
  bench.answer(asked[0]);
  const auto next = bench.search().next(Instant{});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->ttl, 9);
}

TEST(BoundarySearch, EndsTheWalkAfterEightSilentHops) {
  Bench bench{suspects(0), [](const Question& question) { return answer_up_to(3, question.ttl); }};
  bench.run();
  int farthest = 0;
  for (const Question& question : bench.questions) {
    farthest = std::max(farthest, question.ttl);
  }
  EXPECT_EQ(farthest, 11);
  EXPECT_EQ(bench.reach(kReference), "3/-");
}

TEST(BoundarySearch, FindsTheHopThatDropsAPort) {
  for (int dropped_after = 0; dropped_after < kDistance; ++dropped_after) {
    Bench bench{suspects(1), [=](const Question& question) {
                  return answer_up_to(
                      question.index == kReference ? kDistance : dropped_after, question.ttl);
                }};
    bench.run();
    EXPECT_EQ(
        bench.reach(1), std::to_string(dropped_after) + "/" + std::to_string(dropped_after + 1));
  }
}

TEST(BoundarySearch, FindsTheRouterThatRejectsAPort) {
  Bench bench{suspects(1), [](const Question& question) {
                return question.index != kReference && question.ttl > 4
                           ? std::optional{ReplyKind::Unreachable}
                           : pass_all(question);
              }};
  bench.run();
  EXPECT_EQ(bench.reach(1), "4/5");
}

TEST(BoundarySearch, FollowsAnAnsweringPortBeyondTheReference) {
  Bench bench{
      {{.index = 0, .answers = true}, {.index = 1, .answers = true}}, [](const Question& question) {
        const bool is_proxied = question.index == 0 && question.ttl >= 5;
        return is_proxied ? std::optional{ReplyKind::SynAck} : pass_all(question);
      }};
  bench.run();
  EXPECT_EQ(bench.reach(0), "4/5");
  EXPECT_EQ(bench.reach(1), "9/10");
}

TEST(BoundarySearch, PassesOverSilentRouters) {
  Bench bench{suspects(1), [](const Question& question) {
                return question.ttl == 5
                           ? std::nullopt
                           : answer_up_to(
                                 question.index == kReference ? kDistance : 6, question.ttl);
              }};
  bench.run();
  EXPECT_EQ(bench.reach(1), "6/7");
}

TEST(BoundarySearch, AsksAgainAmongControlsBeforeItCallsAHopSilent) {
  int asked_of_five = 0;
  Bench bench{
      suspects(1), [&](const Question& question) -> std::optional<ReplyKind> {
        const bool is_lost = question.index == 1 && question.ttl == 5 && ++asked_of_five <= 2;
        return is_lost ? std::nullopt
                       : answer_up_to(question.index == kReference ? kDistance : 5, question.ttl);
      }};
  bench.run();
  EXPECT_EQ(bench.reach(1), "5/6");
  EXPECT_EQ(asked_of_five, 1 + 5);
}

TEST(BoundarySearch, AsksFewQuestionsOfPortsWithTheEndOfOthers) {
  constexpr std::size_t kPorts = 200;
  Bench bench{suspects(kPorts), [](const Question& question) {
                return answer_up_to(question.index == kReference ? kDistance : 6, question.ttl);
              }};
  bench.run();
  for (std::size_t i = 1; i <= kPorts; ++i) {
    ASSERT_EQ(bench.reach(i), "6/7") << i;
  }
  // Passes at 6 (once), silent at 7 (once, and five times among controls). The samples that are
  // asked first need more.
  int more = 0;
  for (std::size_t i = 1; i <= kPorts; ++i) {
    more += bench.count_questions(i) > 7 ? 1 : 0;
  }
  EXPECT_LE(more, 20);
}

/// Hop 4 answers this many probes and then none; all ports but the reference pass it and end there.
class LimitedHop {
 public:
  explicit LimitedHop(int left) : left_{left} {}
  std::optional<ReplyKind> operator()(const Question& question) {
    if (question.ttl == 4 && left_-- <= 0) {
      return std::nullopt;
    }
    return answer_up_to(question.index == kReference ? kDistance : 4, question.ttl);
  }

 private:
  int left_;
};

TEST(BoundarySearch, NeverTakesALimitedHopForTheEnd) {
  Bench bench{suspects(60), LimitedHop{20}};
  bench.run();
  int measured = 0;
  for (std::size_t i = 1; i <= 60; ++i) {
    const auto reach = bench.search().reach(i);
    measured += bench.reach(i) == "4/5" ? 1 : 0;
    EXPECT_TRUE(!reach || !reach->first_stopped || *reach->first_stopped > Ttl{4})
        << bench.reach(i);
  }
  EXPECT_GT(measured, 0) << "while it answered";
  EXPECT_LT(measured, 60) << "the limit was not reached";
}

/// The last hop before the target answers every second probe, and the target drops all ports but
/// the reference: a control before each question would take every answer.
TEST(BoundarySearch, IsNotFooledByAHopThatAnswersEverySecondProbe) {
  bool answers = true;
  Bench bench{suspects(100), [&](const Question& question) -> std::optional<ReplyKind> {
                if (question.ttl == kDistance - 1) {
                  answers = !answers;
                  return !answers ? std::optional{ReplyKind::TimeExceeded} : std::nullopt;
                }
                return answer_up_to(
                    question.index == kReference ? kDistance : kDistance - 1, question.ttl);
              }};
  bench.run();
  for (std::size_t i = 1; i <= 100; ++i) {
    const std::string reach = bench.reach(i);
    EXPECT_TRUE(reach == "9/10" || reach == "9/10 assumed" || reach == "unknown") << reach;
  }
}

TEST(BoundarySearch, NamesTheHopAtWhichARuleOfThisHostLetsPacketsExpire) {
  Bench bench{suspects(1), [](const Question& question) {
                return question.index == 1 ? ReplyKind::TimeExceeded : pass_all(question);
              }};
  bench.answering = [](const Question& question) { return question.index == 1 ? 1 : question.ttl; };
  bench.run();
  EXPECT_EQ(bench.reach(1), "1/2");
  EXPECT_EQ(bench.search().reach(1)->last_passed_by, support::router(1));
}

TEST(BoundarySearch, NamesTheRouterThatAnsweredThePortItself) {
  Bench bench{suspects(2), [](const Question& question) {
                return answer_up_to(question.index == kReference ? kDistance : 6, question.ttl);
              }};
  bench.answering = [](const Question& question) {
    return question.index == 1 ? 100 + question.ttl : question.ttl;
  };
  bench.run();
  EXPECT_EQ(bench.search().reach(1)->last_passed_by, support::router(106));
  EXPECT_EQ(bench.search().reach(2)->last_passed_by, support::router(6));
}

TEST(BoundarySearch, TakesABareAckForNoArrival) {
  Bench bench{
      {{.index = 0, .answers = true}, {.index = 1, .answers = true}},
      [first = true](const Question& question) mutable {
        const bool is_stray =
            question.index == 1 && question.ttl == 9 && std::exchange(first, false);
        return is_stray ? std::optional{ReplyKind::Ack} : pass_all(question);
      }};
  bench.run();
  EXPECT_EQ(bench.reach(1), "9/10");
}

TEST(BoundarySearch, KnowsNothingOfAPortItWasNotGiven) {
  Bench bench{suspects(1), pass_all};
  bench.run();
  EXPECT_EQ(bench.reach(7), "unknown");
}

}  // namespace
}  // namespace synroute::strategy
