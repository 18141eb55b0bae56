// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap_file.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using namespace std::chrono_literals;
using testing::Bytes;
using testing::hex;
using testing::to_hex;

constexpr WallTime kAt{1'700'000'000s + 123'456'789ns};

TEST(PcapWriter, WritesWhatReadPcapReads) {
  PcapWriter writer;
  writer.add(kAt, hex("aabbcc"));
  writer.add(WallTime{kAt.since_1970() + 1s}, bytes(testing::syn(Family::V6)));
  const Bytes file = writer.take();
  const auto pcap = read_pcap(file);
  ASSERT_TRUE(pcap);
  EXPECT_EQ(pcap->link_type, LinkType::Raw);
  EXPECT_FALSE(pcap->cut);
  ASSERT_EQ(pcap->records.size(), 2U);
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
    EXPECT_EQ(pcap->link_type, LinkType::Raw);
    ASSERT_EQ(pcap->records.size(), 1U);
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
    EXPECT_EQ(pcap->cut, size != 24 && size != 43);
  }
}

TEST(ReadPcap, RefusesWhatIsNone) {
  EXPECT_EQ(read_pcap({}).error(), PcapError::NotPcap);
  EXPECT_EQ(read_pcap(hex("7f454c46")).error(), PcapError::NotPcap);
  EXPECT_EQ(read_pcap(hex("a1b2c3d4 0002")).error(), PcapError::NotPcap);
}

TEST(ReadPcap, RefusesARecordLongerThanAnyPacket) {
  EXPECT_EQ(
      read_pcap(hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065"
                    "6553f100 00000000 ffffffff ffffffff 00"))
          .error(),
      PcapError::BadRecord);
}

}  // namespace
}  // namespace synroute::wire
