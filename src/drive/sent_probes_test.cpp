// SPDX-License-Identifier: Apache-2.0
#include "drive/sent_probes.hpp"

#include "support/probe_packets.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

namespace synroute::drive {
namespace {

using support::segment;
using support::time_exceeded;

wire::Datagram probe(std::uint16_t port, std::uint32_t sequence) {
  return test::syn(
      {.source = support::kSource,
       .source_port = Port{40000},
       .target = support::kTarget,
       .target_port = Port{port},
       .sequence = sequence});
}

TEST(SentProbes, NamesTheLaneOfTheProbeThatIsAnswered) {
  SentProbes sent;
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(80, 7))), std::nullopt) << "none was sent";
  sent.add(probe(80, 7), 0);
  sent.add(probe(443, 8), 5);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(80, 7))), 0U);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(443, 8))), 5U);
  EXPECT_EQ(sent.lane_of(segment(probe(443, 8), support::kSynAck)), 5U);
}

TEST(SentProbes, NamesNoLaneUnlessAllFieldsAgree) {
  SentProbes sent;
  sent.add(probe(80, 7), 0);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(80, 8))), std::nullopt);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(443, 7))), std::nullopt);
  EXPECT_EQ(sent.lane_of(segment(probe(443, 7), support::kRstAck)), std::nullopt);
  wire::Datagram elsewhere = probe(80, 7);
  elsewhere.ip.destination = support::router(9);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, elsewhere)), std::nullopt);
}

TEST(SentProbes, ForgetsAProbeForALaterOne) {
  SentProbes sent;
  sent.add(probe(80, 7), 0);
  sent.add(probe(80, 7 + (1U << 16)), 1);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(80, 7))), std::nullopt);
  EXPECT_EQ(sent.lane_of(time_exceeded(3, probe(80, 7 + (1U << 16)))), 1U);
}

}  // namespace
}  // namespace synroute::drive
