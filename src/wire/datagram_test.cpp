// SPDX-License-Identifier: Apache-2.0
#include "wire/datagram.hpp"

#include "wire/packets_for_tests.hpp"
#include "wire/quote.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::wire {
namespace {

using testing::address;
using testing::Bytes;
using testing::hex;
using testing::to_hex;

constexpr std::array kFamilies{Family::V4, Family::V6};

std::size_t header_size(Family family) {
  return family == Family::V4 ? 20 : 40;
}

TEST(Bytes, AreTheSynOfLinux) {
  EXPECT_EQ(
      to_hex(bytes(testing::syn(Family::V4))),
      "4500003c001100000306b953c0000207cb007150"
      "afca01bb0000000100000000a002faf034840000"
      "020405b40402080a123456780000000001030307");
}

/// An answer that a real router sent, rebuilt field by field: the checksums it had prove that
/// writing and reading agree with the rest of the world.
struct Capture {
  IpHeader router;
  std::uint8_t type;
  std::uint8_t code;
  IpHeader probe;
  TcpHeader tcp;
  std::string_view outer_ip_sum, icmp_sum, probe_ip_sum, tcp_sum;
};

TcpHeader macos_syn(Port source, Port destination, std::uint32_t sequence, std::uint32_t stamp) {
  TcpHeader tcp{.source_port = source, .destination_port = destination, .sequence = sequence};
  tcp.flags = TcpFlag::Syn;
  tcp.window = 65535;
  tcp.options.maximum_segment_size(1460).no_operation().window_scale(6).no_operation();
  tcp.options.no_operation().timestamps({stamp, 0}).sack_permitted();
  return tcp;
}

void expect_as_captured(const Capture& capture) {
  const Bytes probe = bytes({capture.probe, TcpSegment{.header = capture.tcp, .payload = {}}});
  const Bytes answer = bytes(
      {capture.router,
       make_icmp_error(
           Family::V4, {.type = capture.type, .code = capture.code, .offending = probe})});
  const auto sum_at = [&](std::size_t at) { return to_hex(std::span{answer}.subspan(at, 2)); };
  EXPECT_EQ(answer.size(), 92U);
  EXPECT_EQ(sum_at(10), capture.outer_ip_sum);
  EXPECT_EQ(sum_at(22), capture.icmp_sum);
  EXPECT_EQ(sum_at(28 + 10), capture.probe_ip_sum);
  EXPECT_EQ(sum_at(48 + 16), capture.tcp_sum);

  const auto read = dissect(answer);
  ASSERT_TRUE(read && read->icmp());
  EXPECT_EQ(read->icmp()->checksum, Checksum::Good);
  const auto& quote = read->icmp()->quote;
  ASSERT_TRUE(quote && quote->tcp && quote->tcp->header);
  EXPECT_EQ(quote->ip->checksum, Checksum::Good);
  EXPECT_EQ(quote->tcp->checksum, Checksum::Good);
  EXPECT_EQ(*quote->tcp->header, capture.tcp);
  EXPECT_EQ(quote->destination, capture.probe.destination);
}

TEST(Dissect, ReadsTimeExceededFromARealRouter) {
  expect_as_captured(
      {.router =
           {.source = address("209.85.240.235"),
            .destination = address("192.168.1.21"),
            .ttl = Ttl{59},
            .tos = 0x20,
            .id = 0xa69d},
       .type = 11,
       .code = 0,
       .probe =
           {.source = address("192.168.1.21"),
            .destination = address("142.250.204.142"),
            .ttl = Ttl{1},
            .tos = 0x80,
            .dont_fragment = true},
       .tcp = macos_syn(Port{33021}, Port{80}, 0x61f24d4a, 0x55597fcd),
       .outer_ip_sum = "54e5",
       .icmp_sum = "1279",
       .probe_ip_sum = "5bf2",
       .tcp_sum = "1405"});
}

TEST(Dissect, ReadsHostProhibitedFromARealFirewall) {
  expect_as_captured(
      {.router =
           {.source = address("9.9.9.9"),
            .destination = address("192.168.1.21"),
            .ttl = Ttl{57},
            .tos = 0x20,
            .id = 0xd6e0},
       .type = 3,
       .code = 10,
       .probe =
           {.source = address("192.168.1.21"),
            .destination = address("9.9.9.9"),
            .ttl = Ttl{1},
            .tos = 0x20},
       .tcp = macos_syn(Port{33010}, Port{10011}, 0x5eb1fac7, 0x1d02a050),
       .outer_ip_sum = "d6d1",
       .icmp_sum = "d0f7",
       .probe_ip_sum = "e5c9",
       .tcp_sum = "a453"});
}

TEST(Dissect, ReadsASyn) {
  for (const Family family : kFamilies) {
    const Datagram sent = testing::syn(family);
    const auto read = dissect(bytes(sent));
    ASSERT_TRUE(read && read->tcp());
    EXPECT_EQ(read->tcp()->header, sent.tcp()->header);
    EXPECT_EQ(read->tcp()->checksum, Checksum::Good);
    EXPECT_EQ(read->ip.source, sent.ip.source);
    EXPECT_EQ(read->ip.destination, sent.ip.destination);
    EXPECT_EQ(read->ip.total_length, header_size(family) + 40);
  }
}

TEST(Dissect, IgnoresWhatFollowsThePacket) {
  for (const Family family : kFamilies) {
    Bytes padded = bytes(testing::syn(family));
    padded.resize(padded.size() + 6, 0xee);  // Ethernet padding need not be zero
    EXPECT_EQ(dissect(padded), dissect(bytes(testing::syn(family))));
  }
}

TEST(Dissect, TakesTheBufferWhenNoLengthIsGiven) {
  for (const Family family : kFamilies) {
    Bytes offloaded = bytes(testing::syn(family));
    const std::size_t at = family == Family::V4 ? 2 : 4;
    offloaded[at] = offloaded[at + 1] = 0;
    const auto read = dissect(offloaded);
    ASSERT_TRUE(read && read->tcp());
    EXPECT_EQ(read->tcp()->header.destination_port, Port{443});
  }
}

TEST(Dissect, WritesAndReadsMoreThanALengthFieldHolds) {
  for (const Family family : kFamilies) {
    Datagram large = testing::syn(family);
    std::get<TcpSegment>(large.body).payload.resize(70000, 0x5a);
    const auto read = dissect(bytes(large));
    ASSERT_TRUE(read && read->tcp());
    EXPECT_EQ(read->tcp()->payload.size(), 70000U);
    EXPECT_EQ(read->tcp()->checksum, Checksum::Good);
  }
}

TEST(Dissect, RefusesATotalLengthBelowItsHeader) {
  Bytes packet = bytes(testing::syn(Family::V4));
  for (const std::uint8_t length : Bytes{1, 19}) {
    packet[3] = length;
    EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
  }
}

TEST(Dissect, CallsAHeaderThatTheLengthCutsBad) {
  Bytes packet = bytes(testing::syn(Family::V4));
  packet[3] = 20 + 19;
  EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
  packet[3] = 20 + 39;  // the options do not fit
  EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
}

TEST(Dissect, RefusesADataOffsetBelowFive) {
  for (const Family family : kFamilies) {
    Bytes packet = bytes(testing::syn(family));
    packet[header_size(family) + 12] = 0x40;
    EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
  }
}

TEST(Dissect, SaysNothingOfAChecksumThatItCannotCheck) {
  for (const Family family : kFamilies) {
    Datagram sent = testing::syn(family);
    std::get<TcpSegment>(sent.body).payload.assign(100, 7);
    Bytes packet = bytes(sent);
    packet.pop_back();
    const auto read = dissect(packet);
    ASSERT_TRUE(read && read->tcp());
    EXPECT_EQ(read->tcp()->checksum, Checksum::Unknown);
    EXPECT_EQ(read->tcp()->payload.size(), 99U);
  }
}

TEST(Dissect, NoticesEverySingleFlippedBit) {
  for (const Family family : kFamilies) {
    for (const Datagram& sent : {testing::syn(family), testing::time_exceeded(family)}) {
      const Bytes packet = bytes(sent);
      for (std::size_t at = header_size(family); at < packet.size(); ++at) {
        Bytes flipped = packet;
        flipped[at] ^= 0x10;
        const auto read = dissect(flipped);
        if (!read) {
          continue;  // the data offset
        }
        const Checksum verdict = read->tcp() ? read->tcp()->checksum : read->icmp()->checksum;
        EXPECT_EQ(verdict, Checksum::Bad) << at;
      }
    }
  }
}

TEST(Dissect, KeepsALaterFragmentAsBytes) {
  for (const Family family : kFamilies) {
    Datagram fragment{testing::ip_header(family), OtherPayload{{1, 2, 3, 4, 5, 6, 7, 8}}};
    fragment.ip.protocol = 6;
    fragment.ip.fragment_offset = 1480;
    const auto read = dissect(bytes(fragment));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->ip.fragment_offset, 1480);
    EXPECT_EQ(read->ip.protocol, 6);
    EXPECT_EQ(std::get<OtherPayload>(read->body).bytes.size(), 8U);
  }
}

TEST(Dissect, ReadsTheHeaderInAFirstFragmentUnjudged) {
  for (const Family family : kFamilies) {
    Datagram fragment = testing::syn(family);
    fragment.ip.more_fragments = true;
    const auto read = dissect(bytes(fragment));
    ASSERT_TRUE(read && read->tcp());
    EXPECT_EQ(read->tcp()->checksum, Checksum::Unknown);
  }
}

TEST(Dissect, FindsTcpBehindIpv6ExtensionHeaders) {
  Bytes packet = bytes(testing::syn(Family::V6));
  const Bytes options = hex("0600 010400000000");
  packet.insert(packet.begin() + 40, options.begin(), options.end());
  packet[5] = static_cast<std::uint8_t>(packet[5] + options.size());
  packet[6] = 60;
  const auto read = dissect(packet);
  ASSERT_TRUE(read && read->tcp());
  EXPECT_TRUE(read->ip.has_options);
  EXPECT_EQ(read->ip.header_size, 48U);
  EXPECT_EQ(read->tcp()->checksum, Checksum::Good);
}

TEST(Dissect, DoesNotJudgeASourceRoutedSegment) {
  Bytes packet = bytes(testing::syn(Family::V6));
  const Bytes routing = hex("0600 0201 00000000");
  packet.insert(packet.begin() + 40, routing.begin(), routing.end());
  packet[5] = static_cast<std::uint8_t>(packet[5] + routing.size());
  packet[6] = 43;
  EXPECT_EQ(dissect(packet)->tcp()->checksum, Checksum::Unknown);
}

TEST(Dissect, RefusesAnExtensionHeaderThatTheLengthCuts) {
  Bytes packet = bytes(testing::syn(Family::V6));
  packet[6] = 60;  // the TCP header read as options: 45002 is 0xafca, 0xca * 8 bytes
  EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
}

TEST(Dissect, DoesNotTakeIcmpOfTheOtherFamily) {
  Datagram v4{testing::ip_header(Family::V4), OtherPayload{Bytes(16)}};
  v4.ip.protocol = static_cast<std::uint8_t>(Protocol::Icmp6);
  EXPECT_TRUE(std::holds_alternative<OtherPayload>(dissect(bytes(v4))->body));
  Datagram v6{testing::ip_header(Family::V6), OtherPayload{Bytes(16)}};
  v6.ip.protocol = static_cast<std::uint8_t>(Protocol::Icmp);
  EXPECT_TRUE(std::holds_alternative<OtherPayload>(dissect(bytes(v6))->body));
}

TEST(Dissect, ReadsUdpAndItsMissingChecksum) {
  for (const Family family : kFamilies) {
    const UdpDatagram udp{.source_port = Port{53}, .destination_port = Port{33434}, .payload = {1}};
    Bytes packet = bytes({testing::ip_header(family), udp});
    EXPECT_EQ(dissect(packet)->udp()->checksum, Checksum::Good);
    packet[header_size(family) + 6] = packet[header_size(family) + 7] = 0;
    const auto read = dissect(packet);
    ASSERT_TRUE(read && read->udp());
    EXPECT_EQ(read->udp()->payload, Bytes{1});
    EXPECT_EQ(read->udp()->checksum, Checksum::Unknown);
  }
}

TEST(Dissect, RefusesAUdpLengthBelowItsHeader) {
  Bytes packet = bytes({testing::ip_header(Family::V4), UdpDatagram{.payload = {1, 2}}});
  packet[25] = 7;
  EXPECT_EQ(dissect(packet).error(), DissectError::BadHeader);
}

}  // namespace
}  // namespace synroute::wire
