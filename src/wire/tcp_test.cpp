// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp.hpp"

#include "wire/packets_for_tests.hpp"
#include "wire/writer.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::hex;

constexpr std::string_view kSyn = "80fd 0050 61f24d4a 00000000 b002 ffff 1405 0000";
constexpr std::string_view kOptions = "020405b4 01030306 0101 080a 55597fcd 00000000 0402 0000";

TEST(TcpFlags, AreNamedLowestBitFirst) {
  EXPECT_EQ(names(TcpFlag::Ack | TcpFlag::Syn), (std::vector<std::string_view>{"syn", "ack"}));
  EXPECT_EQ(names(TcpFlags{0x1ff}).size(), 9U);
  EXPECT_EQ(names(TcpFlags{0x1ff}).back(), "ae");
  EXPECT_TRUE(names(TcpFlags{}).empty());
}

TEST(TcpFlags, HoldNoReservedBits) {
  EXPECT_EQ(TcpFlags{0xffff}.bits(), 0x1ff);
}

TEST(TcpHeader, ReadsFieldsAndOptions) {
  const auto read = read_tcp_header(hex(std::string{kSyn} + std::string{kOptions}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->complete);
  EXPECT_EQ(read->size, 44U);
  EXPECT_EQ(read->header.source_port, Port{33021});
  EXPECT_EQ(read->header.destination_port, Port{80});
  EXPECT_EQ(read->header.sequence, 0x61f24d4aU);
  EXPECT_EQ(read->header.flags, TcpFlags{TcpFlag::Syn});
  EXPECT_EQ(read->header.window, 65535);
  EXPECT_EQ(read->header.options.maximum_segment_size(), 1460);
  EXPECT_EQ(read->header.options.window_scale(), 6);
  EXPECT_EQ(read->header.options.timestamps(), (TcpTimestamps{0x55597fcd, 0}));
  EXPECT_TRUE(read->header.options.has_sack_permitted());
}

TEST(TcpHeader, KeepsTheOptionsThatWereThere) {
  const auto read = read_tcp_header(hex(std::string{kSyn} + "020405b4 0103"));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->complete);
  EXPECT_EQ(read->header.options.bytes().size(), 6U);
  EXPECT_EQ(read->header.options.maximum_segment_size(), 1460);
}

TEST(TcpHeader, RefusesADataOffsetBelowFive) {
  EXPECT_FALSE(read_tcp_header(hex("80fd 0050 61f24d4a 00000000 4002 ffff 1405 0000")));
}

TEST(TcpHeader, RefusesFewerThanTwentyBytes) {
  const auto bytes = hex(kSyn);
  for (std::size_t size = 0; size < TcpHeader::kSize; ++size) {
    EXPECT_FALSE(read_tcp_header(std::span{bytes}.first(size)));
  }
}

TEST(TcpHeader, WritesWhatItReads) {
  const auto bytes = hex(std::string{kSyn} + std::string{kOptions});
  Writer writer;
  write(read_tcp_header(bytes)->header, writer);
  writer.patch_u16(16, 0x1405);  // the checksum is not the header's to write
  EXPECT_EQ(writer.take(), bytes);
}

}  // namespace
}  // namespace synroute::wire
