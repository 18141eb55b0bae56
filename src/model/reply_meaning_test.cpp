// SPDX-License-Identifier: Apache-2.0
#include "model/reply_meaning.hpp"

#include <gtest/gtest.h>

namespace synroute::model {
namespace {

Reply unreachable(std::uint8_t code) {
  return {
      .kind = ReplyKind::Unreachable,
      .from = IpAddress::v4(0xc0000201),
      .icmp_type = 3,
      .icmp_code = code};
}

TEST(ReplyMeaning, TellsRejectedFromUnreachableByTheCode) {
  EXPECT_EQ(state_of_unreachable(unreachable(3)), PortState::Rejected);   // port
  EXPECT_EQ(state_of_unreachable(unreachable(13)), PortState::Rejected);  // admin prohibited
  EXPECT_EQ(state_of_unreachable(unreachable(0)), PortState::Unreachable);
  EXPECT_EQ(state_of_unreachable(unreachable(1)), PortState::Unreachable);
}

TEST(ReplyMeaning, DependsOnTheFlagsOfTheProbe) {
  using enum wire::TcpFlag;
  struct Row {
    wire::TcpFlags probe;
    PortState reset;
    PortState silence;
  };
  for (const Row& row : {
           Row{Syn, PortState::Closed, PortState::Filtered},
           Row{Ack, PortState::Unfiltered, PortState::Filtered},
           Row{Syn | Ack, PortState::Unfiltered, PortState::Filtered},
           Row{Fin, PortState::Closed, PortState::OpenOrFiltered},
           Row{{}, PortState::Closed, PortState::OpenOrFiltered},
           Row{Fin | Psh | wire::TcpFlags{Urg}, PortState::Closed, PortState::OpenOrFiltered},
           Row{Syn | Fin, PortState::Closed, PortState::OpenOrFiltered},
           Row{Fin | Ack, PortState::Unfiltered, PortState::OpenOrFiltered},
           Row{Rst, PortState::Unfiltered, PortState::OpenOrFiltered},
           Row{Rst | Ack, PortState::Unfiltered, PortState::OpenOrFiltered},
       }) {
    EXPECT_EQ(state_of_reset(row.probe), row.reset) << row.probe.bits();
    EXPECT_EQ(state_of_silence(row.probe), row.silence) << row.probe.bits();
  }
}

TEST(ReplyMeaning, NamesTheCodeOrGivesItsNumbers) {
  EXPECT_EQ(unreachable_reason(unreachable(13)), "admin prohibited");
  EXPECT_EQ(unreachable_reason(unreachable(200)), "ICMP 3/200");
}

TEST(ReplyMeaning, TakesEceWithCwrForAnEchoOfTheSyn) {
  Reply reply{.kind = ReplyKind::SynAck};
  EXPECT_FALSE(agrees_to_ecn(reply));
  reply.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack | wire::TcpFlag::Ece;
  EXPECT_TRUE(agrees_to_ecn(reply));
  reply.flags = reply.flags | wire::TcpFlag::Cwr;
  EXPECT_FALSE(agrees_to_ecn(reply));
}

}  // namespace
}  // namespace synroute::model
