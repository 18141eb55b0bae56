// SPDX-License-Identifier: Apache-2.0
#include "present/debug.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using support::ms;

wire::Datagram syn() {
  wire::Datagram datagram;
  datagram.ip.source = support::address("192.0.2.7");
  datagram.ip.destination = support::address("203.0.113.80");
  datagram.ip.ttl = Ttl{3};
  datagram.ip.protocol = 6;
  wire::TcpSegment segment;
  segment.header.source_port = Port{45002};
  segment.header.destination_port = Port{443};
  segment.header.flags = wire::TcpFlag::Syn;
  datagram.body = segment;
  return datagram;
}

class DebugTest : public testing::Test {
 protected:
  DebugTest() { debug.on({Instant{ms(100)}, model::TraceStarted{}}); }

  /// The line written to standard error, without its line end; fails unless it is exactly one.
  std::string line(double at, auto what) {
    const seam::Text text = debug.on({Instant{ms(at)}, what});
    EXPECT_EQ(text.out, "");
    EXPECT_TRUE(text.err.ends_with('\n'));
    EXPECT_EQ(text.err.find('\n'), text.err.size() - 1);
    return text.err.substr(0, text.err.size() - 1);
  }

  Debug debug;
};

TEST_F(DebugTest, WritesPacketsSentWithTheTimeSinceTheStart) {
  const std::string sent = line(100.25, model::PacketSent{syn(), ProbeId{4}});
  EXPECT_TRUE(sent.starts_with("     0.250 ms -> 192.0.2.7:45002 > 203.0.113.80:443 ")) << sent;
  EXPECT_TRUE(sent.ends_with(" [probe 4]")) << sent;
}

TEST_F(DebugTest, WritesTheProbeThatAPacketAnswers) {
  const std::string received = line(1112.3, model::PacketReceived{syn(), ProbeId{4}});
  EXPECT_TRUE(received.starts_with("  1012.300 ms <- 192.0.2.7:45002 ")) << received;
  EXPECT_TRUE(received.ends_with(" [probe 4]")) << received;
  const std::string unmatched = line(112.3, model::PacketReceived{syn(), std::nullopt});
  EXPECT_TRUE(unmatched.ends_with(" [unmatched]")) << unmatched;
}

TEST_F(DebugTest, WritesWhatThisHostDidNotSend) {
  support::TraceBuilder built;
  built.refused(1, model::Refusal::NotPermitted);
  EXPECT_EQ(
      line(101, model::ProbeSettled{built.last()}),
      "     1.000 ms -- probe 0 not sent: not permitted");
}

TEST_F(DebugTest, WritesNothingElseAndIsDoneAtTheEnd) {
  support::TraceBuilder built;
  built.router(1, "192.0.2.1", {1});
  EXPECT_EQ(debug.on({Instant{ms(101)}, model::ProbeSettled{built.last()}}).err, "");
  EXPECT_FALSE(debug.done());
  EXPECT_EQ(debug.on({Instant{ms(102)}, model::TraceFinished{built.trace()}}).err, "");
  EXPECT_TRUE(debug.done());
}

}  // namespace
}  // namespace synroute::present
