// SPDX-License-Identifier: Apache-2.0
#include "replay/capture.hpp"

#include "replay/capture_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::replay {
namespace {

using testing::Bytes;
using testing::Script;

/// A capture of frames of this link type.
Bytes capture_of(std::uint16_t link_type, int frames) {
  wire::PcapWriter writer;
  for (int i = 0; i < frames; ++i) {
    writer.add(WallTime{}, Bytes(60));
  }
  Bytes file = writer.take();
  file[22] = static_cast<std::uint8_t>(link_type >> 8);
  file[23] = static_cast<std::uint8_t>(link_type);
  return file;
}

TEST(Capture, CountsFramesByLinkTypeThatIsNotRead) {
  const auto capture = Capture::read(capture_of(147, 3));
  ASSERT_TRUE(capture);
  EXPECT_EQ(capture->statistics().not_ip, 0U);
  EXPECT_EQ(
      capture->statistics().unread_links,
      (std::map<wire::LinkType, std::size_t>{{wire::LinkType{147}, 3U}}));
  EXPECT_EQ(Capture::read(capture_of(1, 2))->statistics().not_ip, 2U);
}

TEST(Capture, SaysWhatIsNoCapture) {
  EXPECT_EQ(Capture::read(Bytes{1, 2, 3}).error(), "not a pcap or pcapng file");
  EXPECT_EQ(
      Capture::read(Bytes{'B', 'Z', 'h', '9', 0, 0}).error(),
      "compressed by bzip2, which is not read");
}

TEST(Capture, KeepsOnlyTheFirstSegmentsOfConnections) {
  Script script;
  const auto syn = script.probe(0, {.ttl = 64});
  for (int i = 1; i <= 100; ++i) {
    script.send_more(i, syn, wire::TcpFlag::Ack);
  }
  script.probe(200, {.ttl = 64, .source_port = 7});
  const auto capture = Capture::read(script.file());
  EXPECT_EQ(capture->statistics().later_segments, 84U);
  EXPECT_EQ(capture->store()->packets().size(), 18U);
}

TEST(Capture, HasABoundOnMemoryAndCountsWhatIsBeyondIt) {
  const auto most = PacketStore::kSizeMax / (40 + sizeof(PacketStore::Packet)) + 10;
  Script script;
  for (std::size_t i = 0; i < most; ++i) {
    script.probe(0, {.ttl = 1 + static_cast<int>(i % 30), .source_port = 9});
  }
  const auto capture = Capture::read(script.file());
  EXPECT_EQ(capture->statistics().beyond_store, 10U);
  EXPECT_EQ(capture->store()->packets().size(), most - 10);
}

}  // namespace
}  // namespace synroute::replay
