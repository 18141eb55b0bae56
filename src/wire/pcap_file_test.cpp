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

TEST(IpPayload, TakesEthernetOffWithItsTags) {
  const std::string addresses = "020000000001 020000000002";
  for (const std::string_view tags :
       {"0800", "86dd", "8100 0064 0800", "88a8 0001 8100 0064 86dd"}) {
    const Bytes frame = hex(addresses + std::string{tags} + "cafe");
    const auto payload = ip_payload(LinkType::Ethernet, frame);
    ASSERT_TRUE(payload) << tags;
    EXPECT_EQ(to_hex(payload->packet), "cafe");
    EXPECT_FALSE(payload->outgoing);
  }
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(addresses + "0806 cafe")));
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex(addresses + "8100 0064")));
  EXPECT_FALSE(ip_payload(LinkType::Ethernet, hex("0200")));
}

TEST(IpPayload, TakesLinuxCookedOffAndTellsTheDirection) {
  const Bytes sent = hex("0004 0001 0006 020000000001 0000 0800 cafe");
  const auto outgoing = ip_payload(LinkType::LinuxCooked, sent);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(to_hex(outgoing->packet), "cafe");
  EXPECT_EQ(outgoing->outgoing, true);
  const Bytes received = hex("0000 0001 0006 020000000001 0000 86dd cafe");
  EXPECT_EQ(ip_payload(LinkType::LinuxCooked, received)->outgoing, false);
  EXPECT_FALSE(ip_payload(LinkType::LinuxCooked, hex("0000 0001 0006 020000000001 0000 0806 ca")));
}

TEST(IpPayload, TakesLinuxCookedVersion2Off) {
  const Bytes frame = hex("0800 0000 00000002 0001 04 06 0200000000010000 cafe");
  const auto payload = ip_payload(LinkType::LinuxCooked2, frame);
  ASSERT_TRUE(payload);
  EXPECT_EQ(to_hex(payload->packet), "cafe");
  EXPECT_EQ(payload->outgoing, true);
  EXPECT_FALSE(ip_payload(LinkType::LinuxCooked2, std::span{frame}.first(19)));
}

TEST(IpPayload, TakesTheFamilyOfALoopbackOff) {
  for (const LinkType link : {LinkType::Null, LinkType::Loop}) {
    EXPECT_EQ(to_hex(ip_payload(link, hex("02000000 45"))->packet), "45");
    EXPECT_FALSE(ip_payload(link, hex("020000")));
  }
}

TEST(IpPayload, KnowsNoOtherLink) {
  EXPECT_EQ(ip_payload(LinkType::Raw, hex("45"))->packet.size(), 1U);
  EXPECT_FALSE(ip_payload(LinkType{105}, hex("4500")));
}

}  // namespace
}  // namespace synroute::wire
