// SPDX-License-Identifier: Apache-2.0
#include "model/waited.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::model {
namespace {

using namespace std::chrono_literals;

TEST(Waited, IsRoundedDown) {
  EXPECT_EQ(wait_text(0ms), "0 ms");
  EXPECT_EQ(wait_text(64900us), "64 ms");
  EXPECT_EQ(wait_text(100ms), "0.1 s");
  EXPECT_EQ(wait_text(1399ms), "1.3 s");
  EXPECT_EQ(wait_text(3000050us), "3 s");
  EXPECT_EQ(wait_text(20s), "20 s");
}

TEST(Waited, IsWhatEveryLostProbeWasWaitedFor) {
  ProbeRecord quick;
  quick.state = Lost{200ms};
  ProbeRecord slow;
  slow.state = Lost{400ms};
  ProbeRecord answered;
  answered.state = Answered{};
  EXPECT_EQ(shortest_wait(std::vector<const ProbeRecord*>{&slow, &quick, &answered}), 200ms);
  EXPECT_EQ(shortest_wait(std::vector<const ProbeRecord*>{&answered}), std::nullopt);
  ProbeRecord unknown;
  unknown.state = Lost{};
  EXPECT_EQ(shortest_wait(std::vector<const ProbeRecord*>{&slow, &unknown}), std::nullopt);
}

}  // namespace
}  // namespace synroute::model
