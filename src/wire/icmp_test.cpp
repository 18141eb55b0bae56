// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

TEST(IcmpKind, MeansTheSameInBothFamilies) {
  EXPECT_EQ(kind(Family::V4, 11), IcmpKind::TimeExceeded);
  EXPECT_EQ(kind(Family::V6, 3), IcmpKind::TimeExceeded);
  EXPECT_EQ(kind(Family::V4, 3), IcmpKind::Unreachable);
  EXPECT_EQ(kind(Family::V6, 1), IcmpKind::Unreachable);
  EXPECT_EQ(kind(Family::V4, 12), IcmpKind::ParameterProblem);
  EXPECT_EQ(kind(Family::V6, 4), IcmpKind::ParameterProblem);
  EXPECT_EQ(kind(Family::V4, 4), IcmpKind::SourceQuench);
  EXPECT_EQ(kind(Family::V6, 2), IcmpKind::PacketTooBig);
  EXPECT_EQ(kind(Family::V4, 5), IcmpKind::Redirect);
  EXPECT_EQ(kind(Family::V4, 8), IcmpKind::EchoRequest);
  EXPECT_EQ(kind(Family::V6, 129), IcmpKind::EchoReply);
  EXPECT_EQ(kind(Family::V4, 129), IcmpKind::Other);
  EXPECT_EQ(kind(Family::V6, 11), IcmpKind::Other);
}

TEST(NextHopMtu, StandsInFragmentationNeededAndPacketTooBigOnly) {
  EXPECT_EQ(next_hop_mtu(Family::V4, {.type = 3, .code = 4, .rest = 0x00201004}), 0x1004U);
  EXPECT_EQ(next_hop_mtu(Family::V6, {.type = 2, .rest = 70000}), 70000U);
  EXPECT_FALSE(next_hop_mtu(Family::V4, {.type = 3, .code = 1, .rest = 1400}));
  EXPECT_FALSE(next_hop_mtu(Family::V4, {.type = 2, .rest = 1400}));
  EXPECT_FALSE(next_hop_mtu(Family::V4, {.type = 3, .code = 4, .rest = 0}));
}

}  // namespace
}  // namespace synroute::wire
