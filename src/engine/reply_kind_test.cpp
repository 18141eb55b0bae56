// SPDX-License-Identifier: Apache-2.0
#include "engine/reply_kind.hpp"

#include <gtest/gtest.h>

namespace synroute::engine {
namespace {

using model::ReplyKind;
using wire::TcpFlag;

std::optional<ReplyKind> of_segment(wire::TcpFlags flags) {
  wire::Datagram datagram;
  wire::TcpSegment segment;
  segment.header.flags = flags;
  datagram.body = segment;
  return kind_of(datagram);
}

std::optional<ReplyKind> of_icmp(const IpAddress& from, std::uint8_t type, std::uint8_t code = 0) {
  wire::Datagram datagram;
  datagram.ip.source = from;
  datagram.ip.destination = from;
  wire::IcmpMessage message;
  message.type = type;
  message.code = code;
  datagram.body = message;
  return kind_of(datagram);
}

TEST(ReplyKind, TellsSegmentsByTheirFlags) {
  EXPECT_EQ(of_segment(TcpFlag::Syn | TcpFlag::Ack), ReplyKind::SynAck);
  EXPECT_EQ(of_segment(TcpFlag::Syn), ReplyKind::SynAck);
  EXPECT_EQ(of_segment(TcpFlag::Rst | TcpFlag::Ack), ReplyKind::Rst);
  EXPECT_EQ(of_segment(TcpFlag::Ack), ReplyKind::Ack);
}

TEST(ReplyKind, TellsIcmpErrorsByTheirType) {
  const IpAddress router = IpAddress::v4(0xc6336407);
  EXPECT_EQ(of_icmp(router, 11), ReplyKind::TimeExceeded);
  EXPECT_EQ(of_icmp(router, 3), ReplyKind::Unreachable);
}

TEST(ReplyKind, TakesNoErrorForAnAnswerThatIsNeitherAHopNorAnEnd) {
  const IpAddress router = IpAddress::v4(0xc6336407);
  for (const int type : {0, 4, 5, 8, 12}) {
    EXPECT_EQ(of_icmp(router, static_cast<std::uint8_t>(type)), std::nullopt) << type;
  }
  EXPECT_EQ(of_icmp(router, 11, 1), std::nullopt);  // reassembly time exceeded
}

TEST(ReplyKind, KnowsTheTypesOfIcmpv6) {
  const auto router = IpAddress::parse("2001:db8::1");
  ASSERT_TRUE(router);
  EXPECT_EQ(of_icmp(*router, 1), ReplyKind::Unreachable);
  EXPECT_EQ(of_icmp(*router, 2), ReplyKind::Unreachable);  // packet too big
  EXPECT_EQ(of_icmp(*router, 3), ReplyKind::TimeExceeded);
  EXPECT_EQ(of_icmp(*router, 3, 1), std::nullopt);  // reassembly time exceeded
  EXPECT_EQ(of_icmp(*router, 4), std::nullopt);     // parameter problem
  EXPECT_EQ(of_icmp(*router, 137), std::nullopt);   // redirect
}

}  // namespace
}  // namespace synroute::engine
