// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap_file.hpp"

#include "wire/captures_for_tests.hpp"
#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using namespace std::chrono_literals;
using testing::Bytes;
using testing::hex;
using testing::read_pcap;
using testing::to_hex;

constexpr WallTime kAt{1'700'000'000s + 123'456'789ns};

TEST(PcapWriter, WritesWhatReadPcapReads) {
  PcapWriter writer;
  writer.add(kAt, hex("aabbcc"));
  writer.add(WallTime{kAt.since_1970() + 1s}, bytes(testing::syn(Family::V6)));
  const Bytes file = writer.take();
  const auto pcap = read_pcap(file);
  ASSERT_TRUE(pcap);
  EXPECT_FALSE(pcap->damage);
  ASSERT_EQ(pcap->records.size(), 2U);
  EXPECT_EQ(pcap->records[0].link_type, LinkType::Raw);
  EXPECT_EQ(pcap->records[0].at, kAt);
  EXPECT_EQ(to_hex(pcap->records[0].frame), "aabbcc");
  EXPECT_EQ(pcap->records[0].original_size, 3U);
  EXPECT_TRUE(dissect(pcap->records[1].frame));
}

TEST(PcapWriter, GivesPiecesThatMakeOneFile) {
  PcapWriter writer;
  Bytes file = writer.take();
  EXPECT_EQ(file.size(), 24U);
  writer.add(kAt, hex("aabbcc"));
  const Bytes record = writer.take();
  file.insert(file.end(), record.begin(), record.end());
  EXPECT_EQ(read_pcap(file)->records.size(), 1U);
  EXPECT_TRUE(writer.take().empty());
}

TEST(ReadPcap, ReadsEveryByteOrderAndPrecision) {
  const struct {
    std::string_view magic, header, record;
    WallTime at;
  } files[] = {
      {"a1b2c3d4",
       "0002 0004 00000000 00000000 00040000 00000065",
       "6553f100 0001e240 00000002 00000003",
       WallTime{1'700'000'000s + 123'456us}},
      {"d4c3b2a1",
       "0200 0400 00000000 00000000 00000400 65000000",
       "00f15365 40e20100 02000000 03000000",
       WallTime{1'700'000'000s + 123'456us}},
      {"a1b23c4d",
       "0002 0004 00000000 00000000 00040000 00000065",
       "6553f100 075bcd15 00000002 00000003",
       kAt},
      {"4d3cb2a1",
       "0200 0400 00000000 00000000 00000400 65000000",
       "00f15365 15cd5b07 02000000 03000000",
       kAt},
  };
  for (const auto& [magic, header, record, at] : files) {
    std::string text{magic};
    text += header;
    text += record;
    const Bytes file = hex(text + "beef");
    const auto pcap = read_pcap(file);
    ASSERT_TRUE(pcap) << magic;
    ASSERT_EQ(pcap->records.size(), 1U);
    EXPECT_EQ(pcap->records[0].link_type, LinkType::Raw);
    EXPECT_EQ(pcap->records[0].at, at) << magic;
    EXPECT_EQ(to_hex(pcap->records[0].frame), "beef");
    EXPECT_EQ(pcap->records[0].original_size, 3U);
  }
}

TEST(ReadPcap, KeepsWhatStandsBeforeACut) {
  PcapWriter writer;
  writer.add(kAt, hex("aabbcc"));
  writer.add(kAt, hex("ddeeff"));
  const Bytes file = writer.take();
  for (std::size_t size = 24; size < file.size(); ++size) {
    const auto pcap = read_pcap(std::span{file}.first(size));
    ASSERT_TRUE(pcap);
    EXPECT_EQ(pcap->records.size(), size < 43 ? 0U : 1U);
    ASSERT_EQ(pcap->damage.has_value(), size != 24 && size != 43) << size;
    if (pcap->damage) {
      EXPECT_TRUE(pcap->damage->cut);
      EXPECT_EQ(pcap->damage->offset, size < 43 ? 24U : 43U);
    }
  }
}

TEST(ReadPcap, RefusesWhatIsNone) {
  EXPECT_FALSE(read_pcap({}));
  EXPECT_FALSE(read_pcap(hex("7f454c46")));
  EXPECT_FALSE(read_pcap(hex("a1b2c3d4 0002")));
}

TEST(ReadPcap, EndsAtARecordLongerThanAnyPacketAndTellsWhere) {
  const auto pcap =
      read_pcap(hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065"
                    "6553f100 00000000 00000001 00000001 aa"
                    "6553f100 00000000 ffffffff ffffffff 00"));
  ASSERT_TRUE(pcap);
  EXPECT_EQ(pcap->records.size(), 1U);
  ASSERT_TRUE(pcap->damage);
  EXPECT_FALSE(pcap->damage->cut);
  EXPECT_EQ(pcap->damage->offset, 41U);
}

TEST(ReadPcap, TakesTimesFromZero) {
  const auto pcap =
      read_pcap(hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065"
                    "00000000 00000000 00000001 00000001 aa"));
  ASSERT_EQ(pcap->records.size(), 1U);
  EXPECT_EQ(pcap->records[0].at, WallTime{});
}

TEST(ReadPcap, PassesOverWhatKuznetzovAddedToRecords) {
  const auto pcap =
      read_pcap(hex("a1b2cd34 0002 0004 00000000 00000000 00040000 00000065"
                    "00000005 00000000 00000001 00000001 0000000200000000 aa"));
  ASSERT_EQ(pcap->records.size(), 1U);
  EXPECT_EQ(to_hex(pcap->records[0].frame), "aa");
}

TEST(ReadPcap, ReadsACaptureLargerThanItsWindow) {
  constexpr int kRecords = 40'000;
  PcapWriter writer;
  const Bytes frame(50, 0x45);
  for (int i = 0; i < kRecords; ++i) {
    writer.add(WallTime{std::chrono::seconds{i}}, frame);
  }
  const auto pcap = read_pcap(writer.take());
  ASSERT_EQ(pcap->records.size(), std::size_t{kRecords});
  EXPECT_FALSE(pcap->damage);
  EXPECT_EQ(pcap->records.back().at, WallTime{std::chrono::seconds{kRecords - 1}});
  EXPECT_EQ(pcap->records.back().frame, frame);
}

}  // namespace
}  // namespace synroute::wire
