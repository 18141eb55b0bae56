// SPDX-License-Identifier: Apache-2.0
#include "replay/find_traces.hpp"

#include "replay/capture_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace synroute::replay {
namespace {

using testing::Bytes;
using testing::found_in;
using testing::Script;
using wire::TcpFlag;

std::vector<int> ttls_of(const RecordedTrace& trace, model::ProbeRole role) {
  std::vector<int> ttls;
  for (const RecordedPacket& item : trace.packets) {
    if (item.is_probe && item.role == role) {
      ttls.push_back(item.ttl.value());
    }
  }
  return ttls;
}

TEST(FindTraces, TellsTracesApartByTargetAndPort) {
  Script script;
  for (int ttl = 1; ttl <= 3; ++ttl) {
    script.probe(10 * ttl, {.ttl = ttl});
    script.probe(10 * ttl, {.ttl = ttl, .port = 80});
    script.probe(10 * ttl + 1, {.ttl = ttl, .target = "203.0.113.81"});
  }
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 3U);
  for (const RecordedTrace& trace : found.traces) {
    EXPECT_EQ(trace.probes, 3U);
    EXPECT_EQ(trace.first_ttl, 1);
    EXPECT_EQ(trace.last_ttl, 3);
  }
}

TEST(FindTraces, StartsAnotherTraceAfterAPauseOfMoreThan30Seconds) {
  for (const int pause : {30'000, 30'001}) {
    Script script;
    script.probe(0, {.ttl = 1});
    script.probe(10, {.ttl = 2});
    script.probe(10 + pause, {.ttl = 1});
    script.probe(20 + pause, {.ttl = 2});
    EXPECT_EQ(found_in(script.file()).traces.size(), pause > 30'000 ? 2U : 1U);
  }
}

TEST(FindTraces, AssignsALateAnswerToTheEarlierTrace) {
  Script script;
  const auto first = script.probe(0, {.ttl = 1});
  script.probe(1, {.ttl = 2, .ip_id = 2});
  script.probe(40'000, {.ttl = 1, .sequence = 2000, .ip_id = 3});
  script.probe(40'001, {.ttl = 2, .sequence = 2000, .ip_id = 4});
  script.exceeded(20'000, "198.51.100.1", first);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 2U);
  EXPECT_EQ(found.traces[0].packets.size(), 3U);
  EXPECT_EQ(found.traces[1].packets.size(), 2U);
}

TEST(FindTraces, DoesNotTakeOrdinaryConnectionsForTraces) {
  Script script;
  const auto syn = script.probe(0, {.ttl = 64});
  script.accept(10, syn);
  script.probe(20, {.ttl = 52, .source_port = 2, .target = "203.0.113.9"});
  script.probe(30, {.ttl = 51, .source_port = 3, .target = "203.0.113.9"});
  script.probe(40, {.ttl = 20, .source_port = 4, .target = "203.0.113.10"});
  const FoundTraces found = found_in(script.file());
  EXPECT_TRUE(found.traces.empty());
  EXPECT_EQ(found.connection_syns, 4U);
}

TEST(FindTraces, TakesASynReportedAsExceededForATrace) {
  Script script;
  script.exceeded(10, "198.51.100.1", script.probe(0, {.ttl = 5}));
  EXPECT_EQ(found_in(script.file()).traces.size(), 1U);
}

TEST(FindTraces, TellsDirectAndConfirmProbesFromThoseOfHops) {
  Script script;
  for (int ttl = 1; ttl <= 4; ++ttl) {
    script.probe(ttl, {.ttl = ttl});
  }
  script.probe(9, {.ttl = 9});  // a gap of five: the capture may lack some
  script.probe(10, {.ttl = 51, .source_port = 40001});
  script.probe(11, {.ttl = 64, .source_port = 40002});
  script.probe(12, {.ttl = 64});
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  const RecordedTrace& trace = found.traces.front();
  EXPECT_EQ(ttls_of(trace, model::ProbeRole::Hop), (std::vector{1, 2, 3, 4, 9}));
  EXPECT_EQ(ttls_of(trace, model::ProbeRole::Direct), (std::vector{51, 64}));
  EXPECT_EQ(ttls_of(trace, model::ProbeRole::Confirm), (std::vector{64}));
  EXPECT_EQ(trace.last_ttl, 9);
}

TEST(FindTraces, CountsAPacketCapturedTwiceOnce) {
  Script script;
  const auto probe = script.probe(0, {.ttl = 1});
  script.add(0, probe);
  script.add(1, probe);
  script.probe(1, {.ttl = 2, .ip_id = 9});
  script.add(1000, probe);  // sent again unchanged
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().probes, 3U);
}

TEST(FindTraces, LeavesOutSegmentsAfterTheHandshake) {
  Script script;
  script.probe(0, {.ttl = 1, .source_port = 1});
  const auto probe = script.probe(1, {.ttl = 2, .source_port = 2});
  script.accept(10, probe);
  script.send_more(11, probe, TcpFlag::Ack);
  script.answer(12, probe, TcpFlag::Fin | TcpFlag::Ack);
  script.answer(13, probe, TcpFlag::Ack);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().packets.size(), 3U);
}

TEST(FindTraces, LeavesOutAndCountsAnswersWithBadChecksums) {
  Script script;
  const auto probe = script.probe(0, {.ttl = 1});
  script.probe(0, {.ttl = 2, .ip_id = 2});
  Script answers;
  answers.accept(0, probe);
  Bytes file = answers.file();
  Bytes packet{file.begin() + 40, file.end()};
  packet[4 * 5 + 4] ^= 1;  // the sequence number
  script.add(5, packet);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().packets.size(), 2U);
  EXPECT_EQ(found.bad_checksum, 1U);
}

TEST(FindTraces, AcceptsAnAnswerWithAnOffloadedChecksum) {
  Script answers;
  const auto probe = answers.probe(0, {.ttl = 1});
  answers.accept(0, probe);
  Bytes file = answers.file();
  Bytes packet{file.end() - 40, file.end()};
  const auto ip = wire::read_ip_header(packet)->header;
  const std::uint16_t sum = wire::pseudo_header(ip.source, ip.destination, 6, 20).folded();
  packet[36] = static_cast<std::uint8_t>(sum >> 8);
  packet[37] = static_cast<std::uint8_t>(sum);
  Script script;
  script.add(0, probe);
  script.add(5, packet);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().packets.size(), 2U);
  EXPECT_EQ(found.bad_checksum, 0U);
}

TEST(FindTraces, TakesTheLengthOfAnUnfinishedChecksumFromTheIpHeader) {
  Script answers;
  const auto probe = answers.probe(0, {.ttl = 1});
  answers.accept(0, probe);
  Bytes file = answers.file();
  Bytes packet{file.end() - 40, file.end()};
  const auto ip = wire::read_ip_header(packet)->header;
  const std::uint16_t sum = wire::pseudo_header(ip.source, ip.destination, 6, 20).folded();
  packet[36] = static_cast<std::uint8_t>(sum >> 8);
  packet[37] = static_cast<std::uint8_t>(sum);
  packet.resize(46);  // the padding of a short Ethernet frame
  Script script;
  script.add(0, probe);
  script.add(5, packet);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().packets.size(), 2U);
  EXPECT_EQ(found.bad_checksum, 0U);
}

TEST(FindTraces, TakesNoBgpSessionForATrace) {
  Script open;
  const auto syn = open.probe(0, {.ttl = 1, .port = 179});
  open.accept(1, syn);
  open.send_more(2, syn, TcpFlag::Ack);
  EXPECT_TRUE(found_in(open.file()).traces.empty());
  Script unanswered;
  unanswered.probe(0, {.ttl = 1, .port = 179});
  unanswered.probe(120'000, {.ttl = 1, .port = 179});
  EXPECT_TRUE(found_in(unanswered.file()).traces.empty());
  // A trace to the same port.
  Script trace;
  trace.exceeded(5, "198.51.100.1", trace.probe(0, {.ttl = 1, .port = 179}));
  EXPECT_EQ(found_in(trace.file()).traces.size(), 1U);
}

TEST(FindTraces, TakesNoConnectionInUseForATraceButOneThatIsClosedAtOnce) {
  for (const bool used : {true, false}) {
    Script script;
    const auto syn = script.probe(0, {.ttl = 1});
    script.accept(1, syn);
    script.send_more(2, syn, TcpFlag::Ack);
    if (!used) {
      script.send_more(3, syn, TcpFlag::Fin | TcpFlag::Ack);  // as mtr does
    }
    EXPECT_EQ(found_in(script.file()).traces.size(), used ? 0U : 1U);
  }
}

TEST(FindTraces, CountsSynsWithTtlZero) {
  Script script;
  script.probe(0, {.ttl = 0});
  const FoundTraces found = found_in(script.file());
  EXPECT_TRUE(found.traces.empty());
  EXPECT_EQ(found.ttl_zero, 1U);
}

TEST(FindTraces, TellsTracesOfSeveralToolsToOneTargetApart) {
  // Interleaved; one tool sends from one port, the other gives each probe a port of its own.
  Script script;
  std::vector<wire::Datagram> last;
  for (int ttl = 1; ttl <= 4; ++ttl) {
    const auto id = static_cast<std::uint16_t>(ttl);
    const auto one = script.probe(10 * ttl, {.ttl = ttl, .source_port = 50000, .ip_id = id});
    wire::Datagram other = one;
    auto& header = std::get<wire::TcpSegment>(other.body).header;
    header.source_port = Port{static_cast<std::uint16_t>(40000 + ttl)};
    header.options = wire::TcpOptions{}.maximum_segment_size(1460);
    script.add(10 * ttl + 1, other);
    script.exceeded(10 * ttl + 2, "198.51.100.1", one);
    script.exceeded(10 * ttl + 3, "198.51.100.2", other);
  }
  const auto connection = script.probe(60, {.ttl = 64, .source_port = 60000});
  script.accept(61, connection);
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 2U);
  EXPECT_EQ(ttls_of(found.traces[0], model::ProbeRole::Hop), (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(ttls_of(found.traces[1], model::ProbeRole::Hop), (std::vector{1, 2, 3, 4}));
  const auto routers_of = [](const RecordedTrace& trace) {
    std::set<std::string> routers;
    for (const RecordedPacket& packet : trace.packets) {
      const wire::Datagram datagram = packet.datagram();
      if (datagram.icmp() != nullptr) {
        routers.insert(datagram.ip.source.to_string());
      }
    }
    return routers;
  };
  EXPECT_EQ(routers_of(found.traces[0]), std::set<std::string>{"198.51.100.1"});
  EXPECT_EQ(routers_of(found.traces[1]), std::set<std::string>{"198.51.100.2"});
}

TEST(FindTraces, TellsRunsOfOneToolBackToBackApart) {
  Script script;
  for (const std::uint16_t port : {std::uint16_t{50000}, std::uint16_t{50001}}) {
    for (int ttl = 1; ttl <= 3; ++ttl) {
      script.probe((port - 50000) * 1000 + ttl, {.ttl = ttl, .source_port = port});
    }
  }
  const FoundTraces found = found_in(script.file());
  ASSERT_EQ(found.traces.size(), 2U);
  EXPECT_EQ(found.traces[0].probes, 3U);
  EXPECT_EQ(found.traces[0].queries, 1);
}

TEST(FindTraces, TellsWhereDataExpiredAndWhenAResetCame) {
  Script script;
  const auto syn = script.probe(0, {.ttl = 64});
  script.accept(1, syn);
  script.send_more(2, syn, TcpFlag::Ack);
  for (int ttl = 3; ttl <= 4; ++ttl) {
    wire::Datagram data = syn;
    data.ip.ttl = Ttl{static_cast<std::uint8_t>(ttl)};
    data.ip.id = static_cast<std::uint16_t>(100 + ttl);
    auto& segment = std::get<wire::TcpSegment>(data.body);
    segment.header.flags = TcpFlag::Psh | TcpFlag::Ack;
    segment.payload = {'G', 'E', 'T'};
    script.add(10 * ttl, data);
    script.exceeded(10 * ttl + 5, ttl == 3 ? "198.51.100.3" : "198.51.100.4", data);
  }
  script.answer(46, syn, TcpFlag::Rst);
  const FoundTraces found = found_in(script.file());
  EXPECT_TRUE(found.traces.empty());
  ASSERT_EQ(found.expired_data.size(), 1U);
  const ExpiredData& data = found.expired_data.front();
  EXPECT_EQ(data.key.port, Port{443});
  EXPECT_EQ(
      data.hops,
      (std::set<std::pair<int, IpAddress>>{
          {3, testing::address("198.51.100.3")}, {4, testing::address("198.51.100.4")}}));
  EXPECT_EQ(data.resets, 1U);
  EXPECT_EQ(data.ttl_before_reset, 4);
}

TEST(FindTraces, ReturnsOnlyTracesTheFilterAccepts) {
  Script script;
  script.probe(0, {.ttl = 1});
  script.probe(0, {.ttl = 1, .port = 80});
  const FoundTraces found =
      found_in(script.file(), [](const TraceKey& key) { return key.port == Port{80}; });
  ASSERT_EQ(found.traces.size(), 1U);
  EXPECT_EQ(found.traces.front().key.port, Port{80});
  EXPECT_EQ(found.excluded, 1U);
}

TEST(FindTraces, LimitsTracesAndProbesPerTrace) {
  Script script;
  constexpr int kMore = static_cast<int>(kTracesMax) + 5;
  for (int port = 1; port <= kMore; ++port) {
    script.probe(port, {.ttl = 1, .port = static_cast<std::uint16_t>(port)});
  }
  for (int i = 0; i < static_cast<int>(kProbesPerTrace) + 1; ++i) {
    script.probe(5000 + i, {.ttl = 1, .ip_id = static_cast<std::uint16_t>(i), .port = 1});
  }
  const FoundTraces found = found_in(script.file());
  EXPECT_EQ(found.traces.size(), kTracesMax);
  EXPECT_EQ(found.over_limit, 5U);  // a TTL of 1 alone to port 179 is BGP
  EXPECT_TRUE(std::ranges::all_of(
      found.traces, [](const RecordedTrace& trace) { return trace.probes <= kProbesPerTrace; }));
}

}  // namespace
}  // namespace synroute::replay
