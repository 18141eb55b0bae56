// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/controlled_trial.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace synroute::strategy {
namespace {

using Result = ControlledTrial::Result;
using std::chrono::milliseconds;

constexpr std::size_t kControl = 0;
constexpr std::size_t kPort = 1;
constexpr int kProbes = 5;

/// Whether the hop answers a probe to this port at this time.
using Hop = std::function<bool(std::size_t, Instant)>;

Result run(const Hop& hop, std::uint64_t seed, int probes = kProbes, Duration pause = {}) {
  ControlledTrial trial{kControl, {kPort}, probes, pause, Random{seed}};
  Instant now;
  while (!trial.finished()) {
    now = std::max(now, trial.due().value_or(now));
    const auto port = trial.next(now);
    trial.settled(
        *port,
        hop(*port, now) ? ControlledTrial::Outcome::Answered : ControlledTrial::Outcome::Lost);
    now = now + milliseconds{5};
  }
  return trial.result(kPort);
}

/// How many of `kTrials` trials find that the port is stopped.
int count_stopped(const std::function<Hop(std::uint64_t)>& make_hop, int trials) {
  int stopped = 0;
  for (int seed = 0; seed < trials; ++seed) {
    const auto number = static_cast<std::uint64_t>(seed);
    stopped += run(make_hop(number), number) == Result::Stopped ? 1 : 0;
  }
  return stopped;
}

TEST(ControlledTrial, FindsAPortStoppedThatNeverAnswersWhereEveryControlDoes) {
  const auto filter = [](std::size_t port, Instant) { return port == kControl; };
  EXPECT_EQ(run(filter, 1), Result::Stopped);
}

TEST(ControlledTrial, FindsThatAPortReachesTheHopByOneAnswer) {
  int asked = 0;
  const auto answers_last = [&](std::size_t port, Instant) {
    return port == kControl || ++asked == kProbes;
  };
  EXPECT_EQ(run(answers_last, 1), Result::Reaches);
}

TEST(ControlledTrial, FindsNothingWithoutAllControls) {
  int controls = 0;
  const auto loses_one = [&](std::size_t port, Instant) {
    return port == kControl && ++controls != 3;
  };
  EXPECT_EQ(run(loses_one, 1), Result::Unknown);
}

TEST(ControlledTrial, AsksEachPortAndTheControlEquallyOftenInAnotherOrderEachTime) {
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    ControlledTrial trial{kControl, {1, 2, 3}, kProbes, {}, Random{seed}};
    std::vector<std::size_t> order;
    while (const auto port = trial.next(Instant{})) {
      order.push_back(*port);
    }
    for (const std::size_t port : {0U, 1U, 2U, 3U}) {
      EXPECT_EQ(std::ranges::count(order, port), kProbes);
    }
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 10U);
}

TEST(ControlledTrial, PausesAtRandom) {
  ControlledTrial trial{kControl, {kPort}, kProbes, milliseconds{200}, Random{1}};
  ASSERT_TRUE(trial.next(Instant{}));
  const auto due = trial.due();
  ASSERT_TRUE(due);
  EXPECT_GT(*due, Instant{});
  EXPECT_LT(*due, Instant{} + milliseconds{400});
  EXPECT_FALSE(trial.next(Instant{}));
  EXPECT_TRUE(trial.next(*due));
}

// The promise: 1 / C(10, 5) = 0.0040, whatever the limit is.

TEST(ControlledTrial, IsNotFooledByAHopThatAnswersEverySecondProbe) {
  const auto make = [](std::uint64_t) {
    return [answers = false](std::size_t, Instant) mutable { return answers = !answers; };
  };
  EXPECT_LE(count_stopped(make, 5000), 5000 * 5 / 1000);
}

TEST(ControlledTrial, IsNotFooledByTenReportsASecond) {
  const auto make = [](std::uint64_t) {
    return [last = std::optional<Instant>{}](std::size_t, Instant now) mutable {
      const bool answers = !last || now - *last >= milliseconds{100};
      last = answers ? now : *last;
      return answers;
    };
  };
  EXPECT_LE(count_stopped(make, 5000), 5000 * 5 / 1000);
}

TEST(ControlledTrial, IsNotFooledByABurstThatEnds) {
  const auto make = [](std::uint64_t) {
    return [left = kProbes](std::size_t, Instant) mutable { return left-- > 0; };
  };
  EXPECT_LE(count_stopped(make, 5000), 5000 * 5 / 1000);
}

TEST(ControlledTrial, IsNotFooledByLoss) {
  const auto make = [](std::uint64_t seed) {
    return
        [random = Random{seed + 77}](std::size_t, Instant) mutable { return random.chance(0.5); };
  };
  EXPECT_LE(count_stopped(make, 5000), 5000 * 5 / 1000);
}

TEST(ControlledTrial, FindsThatAPortReachesALimitedHopInTime) {
  std::optional<Instant> last;
  const auto ten_a_second = [&](std::size_t, Instant now) {
    const bool answers = !last || now - *last >= milliseconds{100};
    last = answers ? now : *last;
    return answers;
  };
  EXPECT_EQ(run(ten_a_second, 3, 6, milliseconds{200}), Result::Reaches);
}

}  // namespace
}  // namespace synroute::strategy
