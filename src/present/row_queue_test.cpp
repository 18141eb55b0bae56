// SPDX-License-Identifier: Apache-2.0
#include "present/row_queue.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::present {
namespace {

using support::address;
using support::ms;

using Items = std::vector<std::string>;

Instant at(double milliseconds_in) {
  return Instant{ms(milliseconds_in)};
}

class RowQueueTest : public testing::Test {
 protected:
  void row(int ttl, const std::string& item, std::vector<IpAddress> awaited, Instant now) {
    queue.put(
        RowPosition{ttl}, item, {.next = RowPosition{ttl + 1}, .names = std::move(awaited)}, now);
  }

  NameCache names;
  RowQueue<std::string> queue{RowPosition{1}, ms(50)};
};

TEST_F(RowQueueTest, ReleasesRowsInOrderWhateverOrderTheySettleIn) {
  row(3, "c", {}, at(1));
  row(2, "b", {}, at(2));
  EXPECT_EQ(queue.take(names, at(3)), Items{});
  row(1, "a", {}, at(4));
  EXPECT_EQ(queue.take(names, at(4)), (Items{"a", "b", "c"}));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.front(), RowPosition{4});
}

TEST_F(RowQueueTest, HoldsARowUntilItsNamesAreKnown) {
  row(1, "a", {address("192.0.2.1"), address("192.0.2.2")}, at(10));
  names.learn(address("192.0.2.1"), "gw.lan");
  EXPECT_EQ(queue.take(names, at(11)), Items{});
  names.learn(address("192.0.2.2"), std::nullopt);
  EXPECT_EQ(queue.take(names, at(12)), Items{"a"});
}

TEST_F(RowQueueTest, HoldsARowForTheNameWaitAtMost) {
  row(1, "a", {address("192.0.2.1")}, at(10));
  ASSERT_EQ(queue.deadline(), at(60));
  EXPECT_EQ(queue.take(names, at(59.9)), Items{});
  EXPECT_EQ(queue.take(names, at(60)), Items{"a"});
  EXPECT_EQ(queue.deadline(), std::nullopt);
}

TEST_F(RowQueueTest, CountsTheWaitFromSettlingEvenBehindEarlierRows) {
  row(2, "b", {address("192.0.2.2")}, at(0));
  EXPECT_EQ(queue.deadline(), std::nullopt);
  row(1, "a", {}, at(200));
  EXPECT_EQ(queue.take(names, at(200)), (Items{"a", "b"}));
}

TEST_F(RowQueueTest, WaitsForNoNamesOnceToldToStopWaiting) {
  row(1, "a", {address("192.0.2.1")}, at(10));
  queue.stop_waiting();
  EXPECT_EQ(queue.take(names, at(10)), Items{"a"});
}

TEST_F(RowQueueTest, ReplacesAQueuedRowWithoutRestartingItsWait) {
  row(1, "old", {address("192.0.2.1")}, at(10));
  row(1, "new", {address("192.0.2.1")}, at(40));
  EXPECT_EQ(queue.deadline(), at(60));
  EXPECT_EQ(queue.take(names, at(60)), Items{"new"});
}

TEST_F(RowQueueTest, IgnoresARowThatWasReleasedBefore) {
  row(1, "a", {}, at(1));
  EXPECT_EQ(queue.take(names, at(1)), Items{"a"});
  row(1, "again", {}, at(2));
  EXPECT_TRUE(queue.empty());
}

TEST_F(RowQueueTest, LetsAQueuedRowBeModified) {
  row(2, "b", {}, at(1));
  ASSERT_NE(queue.find(RowPosition{2}), nullptr);
  *queue.find(RowPosition{2}) = "changed";
  EXPECT_EQ(queue.find(RowPosition{3}), nullptr);
  row(1, "a", {}, at(2));
  EXPECT_EQ(queue.take(names, at(2)), (Items{"a", "changed"}));
}

/// Single probes, as tcptraceroute prints them: two attempts per row, and a row with only one.
TEST(RowQueueOfProbes, ReleasesTheProbeThatEachOneNamesAsNext) {
  const NameCache names;
  RowQueue<std::string> queue{RowPosition{1, 1}, Duration{}};
  const auto probe = [&](RowPosition position, RowPosition next) {
    const std::string item = std::to_string(position.ttl) + "." + std::to_string(position.attempt);
    queue.put(position, item, {.next = next, .names = {}}, Instant{});
  };
  probe({2, 1}, {3, 1});
  probe({1, 2}, {2, 1});
  EXPECT_EQ(queue.take(names, Instant{}), Items{});
  probe({1, 1}, {1, 2});
  EXPECT_EQ(queue.take(names, Instant{}), (Items{"1.1", "1.2", "2.1"}));
  EXPECT_EQ(queue.front(), (RowPosition{3, 1}));
}

}  // namespace
}  // namespace synroute::present
