// SPDX-License-Identifier: Apache-2.0
#include "tracer/request/probe_shape.hpp"

#include <gtest/gtest.h>

namespace synroute::tracer {
namespace {

const TargetRoute kRoute{
    .target = *IpAddress::parse("203.0.113.80"),
    .source = *IpAddress::parse("192.0.2.7"),
    .interface = "eth0",
    .mtu = 1500};

TEST(ProbeShape, IsASystemSynUnlessBare) {
  const auto usual = probe_shape({}, kRoute);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->length(Family::V4), 60U);
  EXPECT_TRUE(usual->dont_fragment);
  EXPECT_EQ(usual->options.maximum_segment_size(), 1460);
  const auto bare = probe_shape({.bare = true}, kRoute);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->length(Family::V4), 40U);
  EXPECT_FALSE(bare->dont_fragment);
}

TEST(ProbeShape, WithoutSynHasNoSynOptions) {
  const auto shape = probe_shape({.flags = wire::TcpFlag::Ack}, kRoute);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->flags, wire::TcpFlags{wire::TcpFlag::Ack});
  EXPECT_TRUE(shape->options.empty());
}

TEST(ProbeShape, EcnSetupAddsToWhateverFlags) {
  using wire::TcpFlag;
  const auto syn = probe_shape({.ecn_setup = true}, kRoute);
  ASSERT_TRUE(syn);
  EXPECT_EQ(syn->flags, TcpFlag::Syn | TcpFlag::Ece | TcpFlag::Cwr);
}

TEST(ProbeShape, LengthIsFilledWithThePrintableCycle) {
  const auto shape = probe_shape({.bare = true, .length = 40 + 95}, kRoute);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->length(Family::V4), 135U);
  EXPECT_EQ(shape->payload.front(), '!');
  EXPECT_EQ(shape->payload[92], '}');
  EXPECT_EQ(shape->payload[93], '!');
}

TEST(ProbeShape, LengthMustHoldTheHeadersAndPassTheMtu) {
  EXPECT_TRUE(probe_shape({.length = 60}, kRoute));
  EXPECT_TRUE(probe_shape({.length = 1500}, kRoute));
  const auto small = probe_shape({.length = 59}, kRoute);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error(), "packet length 59 is too small: the headers of a probe take 60 bytes");
  const auto large = probe_shape({.length = 1501}, kRoute);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error(), "packet length 1501 is above the MTU of eth0, 1500 bytes");
}

}  // namespace
}  // namespace synroute::tracer
