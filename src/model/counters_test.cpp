// SPDX-License-Identifier: Apache-2.0
#include "model/counters.hpp"

#include <gtest/gtest.h>

namespace synroute::model {
namespace {

TEST(Counters, AddsEveryCounterToItsOwn) {
  Counters sum{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  sum += Counters{100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100};
  EXPECT_EQ(sum, (Counters{101, 202, 303, 404, 505, 606, 707, 808, 909, 1010, 1111}));
}

}  // namespace
}  // namespace synroute::model
