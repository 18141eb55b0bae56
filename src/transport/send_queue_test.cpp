// SPDX-License-Identifier: Apache-2.0
#include "transport/send_queue.hpp"

#include <gtest/gtest.h>

namespace synroute::transport {
namespace {

using std::chrono::milliseconds;

/// A device whose queue has room for some packets.
class SendQueueTest : public testing::Test {
 protected:
  static std::vector<seam::Outgoing> packets(seam::Token first, std::size_t count) {
    std::vector<seam::Outgoing> batch(count);
    for (std::size_t i = 0; i < count; ++i) {
      batch[i].token = first + i;
    }
    return batch;
  }

  /// Follows the deadlines for some time; returns how often it was tried.
  int run_for(Duration time) {
    const Instant end = now_ + time;
    int tries = 0;
    while (queue_.deadline() && *queue_.deadline() <= end) {
      now_ = *queue_.deadline();
      queue_.retry(now_);
      ++tries;
    }
    now_ = end;
    return tries;
  }

  std::size_t room_ = 0;
  std::vector<seam::Token> left_;
  Instant now_;
  SendQueue queue_{[this](std::span<const seam::Outgoing> batch) {
    const std::size_t count = std::min(room_, batch.size());
    for (const seam::Outgoing& each : batch.first(count)) {
      left_.push_back(each.token);
    }
    room_ -= count;
    return count;
  }};
};

TEST_F(SendQueueTest, SendsAtOnceWhatThereIsRoomFor) {
  room_ = 9;
  queue_.send(packets(1, 3), now_);
  EXPECT_EQ(left_, (std::vector<seam::Token>{1, 2, 3}));
  EXPECT_FALSE(queue_.deadline());
}

TEST_F(SendQueueTest, KeepsTheOrderWhenTheQueueIsFull) {
  room_ = 2;
  queue_.send(packets(1, 4), now_);
  room_ = 9;
  queue_.send(packets(5, 2), now_);  // must not overtake
  EXPECT_EQ(left_, (std::vector<seam::Token>{1, 2}));
  run_for(milliseconds{1});
  EXPECT_EQ(left_, (std::vector<seam::Token>{1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(queue_.deadline());
}

TEST_F(SendQueueTest, TriesAgainAfterPausesThatGrow) {
  queue_.send(packets(1, 1), now_);
  EXPECT_LE(*queue_.deadline() - now_, milliseconds{1});
  EXPECT_LE(run_for(std::chrono::seconds{1}), 30);
  EXPECT_LE(*queue_.deadline() - now_, milliseconds{80});
  room_ = 1;
  run_for(milliseconds{80});
  EXPECT_EQ(left_, std::vector<seam::Token>{1});
}

TEST_F(SendQueueTest, GivesUpWhenNothingHasLeftForTwoSeconds) {
  queue_.send(packets(1, 2), now_);
  run_for(milliseconds{1900});
  EXPECT_TRUE(queue_.take_given_up(now_).empty());
  room_ = 1;
  run_for(milliseconds{90});  // one leaves: time starts anew
  run_for(milliseconds{1900});
  EXPECT_TRUE(queue_.take_given_up(now_).empty());
  run_for(milliseconds{200});
  const auto given_up = queue_.take_given_up(now_);
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up.front().token, 2U);
  EXPECT_FALSE(queue_.deadline());
}

}  // namespace
}  // namespace synroute::transport
