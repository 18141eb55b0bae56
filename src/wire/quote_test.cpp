// SPDX-License-Identifier: Apache-2.0
#include "wire/quote.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::Bytes;

constexpr std::array kFamilies{Family::V4, Family::V6};

Bytes quoted(Family family) {
  return bytes(testing::syn(family));
}
std::size_t header_size(Family family) {
  return family == Family::V4 ? 20 : 40;
}

TEST(Quote, ReadsAWholeSyn) {
  for (const Family family : kFamilies) {
    const auto quote = read_quote(family, quoted(family));
    ASSERT_TRUE(quote);
    const Datagram sent = testing::syn(family);
    EXPECT_EQ(quote->source, sent.ip.source);
    EXPECT_EQ(quote->destination, sent.ip.destination);
    EXPECT_EQ(quote->protocol, 6);
    ASSERT_TRUE(quote->ip);
    EXPECT_EQ(quote->ip->ttl, sent.ip.ttl);
    EXPECT_EQ(quote->ip->id, sent.ip.id);
    EXPECT_EQ(quote->ip->flow_label, sent.ip.flow_label);
    ASSERT_TRUE(quote->tcp);
    EXPECT_EQ(quote->tcp->sequence, 1U);
    ASSERT_TRUE(quote->tcp->header);
    EXPECT_EQ(*quote->tcp->header, sent.tcp()->header);
    EXPECT_EQ(quote->tcp->checksum, Checksum::Good);
    EXPECT_EQ(quote->transport_bytes, 40U);
  }
}

TEST(Quote, JudgesTheIpv4HeaderChecksum) {
  Bytes packet = quoted(Family::V4);
  EXPECT_EQ(read_quote(Family::V4, packet)->ip->checksum, Checksum::Good);
  packet[8] = 1;  // another TTL under the old checksum
  EXPECT_EQ(read_quote(Family::V4, packet)->ip->checksum, Checksum::Bad);
  EXPECT_EQ(read_quote(Family::V6, quoted(Family::V6))->ip->checksum, Checksum::Unknown);
}

TEST(Quote, HasPortsAndSequenceInEightBytes) {
  for (const Family family : kFamilies) {
    const Bytes whole = quoted(family);
    const auto quote = read_quote(family, std::span{whole}.first(header_size(family) + 8));
    ASSERT_TRUE(quote && quote->tcp);
    EXPECT_EQ(quote->tcp->source_port, Port{45002});
    EXPECT_EQ(quote->tcp->destination_port, Port{443});
    EXPECT_EQ(quote->tcp->sequence, 1U);
    EXPECT_FALSE(quote->tcp->header);
    EXPECT_EQ(quote->tcp->checksum, Checksum::Unknown);
    EXPECT_EQ(quote->transport_bytes, 8U);
  }
}

TEST(Quote, HasNoTcpBelowEightBytes) {
  for (const Family family : kFamilies) {
    const Bytes whole = quoted(family);
    const auto quote = read_quote(family, std::span{whole}.first(header_size(family) + 7));
    ASSERT_TRUE(quote);
    EXPECT_FALSE(quote->tcp);
    EXPECT_EQ(quote->transport_bytes, 7U);
  }
}

TEST(Quote, DoesNotTakeZeroPaddingForAHeader) {
  for (const Family family : kFamilies) {
    Bytes short_quote = quoted(family);
    short_quote.resize(header_size(family) + 8);
    short_quote.resize(128);
    const auto quote = read_quote(family, short_quote);
    ASSERT_TRUE(quote && quote->tcp);
    EXPECT_FALSE(quote->tcp->header);
  }
}

TEST(Quote, DoesNotCountZeroPadding) {
  for (const Family family : kFamilies) {
    Bytes padded = quoted(family);
    padded.resize(128);
    const auto quote = read_quote(family, padded);
    ASSERT_TRUE(quote && quote->tcp);
    EXPECT_EQ(quote->transport_bytes, 40U);
    EXPECT_EQ(quote->tcp->checksum, Checksum::Good);
  }
}

TEST(Quote, NoticesASegmentThatWasChanged) {
  for (const Family family : kFamilies) {
    Bytes packet = quoted(family);
    packet[header_size(family)] ^= 1;  // source port
    EXPECT_EQ(read_quote(family, packet)->tcp->checksum, Checksum::Bad);
  }
}

TEST(Quote, ForgivesATotalLengthThatWasRewritten) {
  // Swapped; without the header (BSD); zero; shorter than the header.
  for (const std::uint16_t length : std::vector<std::uint16_t>{0x3c00, 40, 0, 10}) {
    Bytes packet = quoted(Family::V4);
    packet[2] = static_cast<std::uint8_t>(length >> 8);
    packet[3] = static_cast<std::uint8_t>(length);
    const auto quote = read_quote(Family::V4, packet);
    ASSERT_TRUE(quote && quote->tcp && quote->tcp->header) << length;
    EXPECT_EQ(quote->tcp->header->options, testing::syn(Family::V4).tcp()->header.options);
    EXPECT_EQ(quote->tcp->checksum, Checksum::Unknown) << length;
    EXPECT_EQ(quote->ip->total_length, length);
  }
}

TEST(Quote, KeepsWhatAnotherProtocolSays) {
  Datagram udp{testing::ip_header(Family::V4), UdpDatagram{.source_port = Port{1}, .payload = {}}};
  const auto quote = read_quote(Family::V4, bytes(udp));
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->protocol, 17);
  EXPECT_FALSE(quote->tcp);
  EXPECT_EQ(quote->transport_bytes, 8U);
}

TEST(Quote, HasNoTcpInALaterFragment) {
  Datagram fragment = testing::syn(Family::V4);
  Bytes packet = bytes(fragment);
  packet[7] = 2;  // offset 16
  const auto quote = read_quote(Family::V4, packet);
  ASSERT_TRUE(quote);
  EXPECT_FALSE(quote->tcp);
}

TEST(Quote, NeedsTheWholeFixedHeaderOfItsFamily) {
  EXPECT_FALSE(read_quote(Family::V4, quoted(Family::V6)));
  EXPECT_FALSE(read_quote(Family::V6, quoted(Family::V4)));
  EXPECT_FALSE(read_quote(Family::V4, {}));
  const Bytes whole = quoted(Family::V4);
  EXPECT_FALSE(read_quote(Family::V4, std::span{whole}.first(19)));
}

TEST(Quote, GoesOnBehindIpv4Options) {
  Bytes packet = quoted(Family::V4);
  packet[0] = 0x46;
  const Bytes router_alert{0x94, 4, 0, 0};
  packet.insert(packet.begin() + 20, router_alert.begin(), router_alert.end());
  const auto quote = read_quote(Family::V4, packet);
  ASSERT_TRUE(quote && quote->tcp);
  EXPECT_EQ(quote->tcp->source_port, Port{45002});
}

TEST(Quote, InventsNothingWhenCutAnywhere) {
  for (const Family family : kFamilies) {
    const Bytes packet = quoted(family);
    const auto whole = read_quote(family, packet);
    for (std::size_t size = 0; size < packet.size(); ++size) {
      const auto part = read_quote(family, std::span{packet}.first(size));
      EXPECT_EQ(part.has_value(), size >= header_size(family));
      if (!part) {
        continue;
      }
      EXPECT_EQ(part->ip, whole->ip);
      EXPECT_EQ(part->tcp.has_value(), size >= header_size(family) + 8);
      if (part->tcp) {
        EXPECT_EQ(part->tcp->sequence, whole->tcp->sequence);
        EXPECT_EQ(part->tcp->checksum, Checksum::Unknown);
        EXPECT_EQ(part->tcp->header.has_value(), size >= header_size(family) + 20);
      }
    }
  }
}

TEST(Interpret, ClearsWhatAnEchoCannotHave) {
  Datagram error = testing::time_exceeded(Family::V4);
  auto message = *error.icmp();
  message.type = 0;
  interpret(Family::V4, message);
  EXPECT_FALSE(message.quote);
  EXPECT_EQ(message.extensions, Extensions{});
}

}  // namespace
}  // namespace synroute::wire
