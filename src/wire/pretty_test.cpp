// SPDX-License-Identifier: Apache-2.0
#include "wire/pretty.hpp"

#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::wire {
namespace {

using testing::Bytes;
using testing::hex;

TEST(Pretty, ShowsASyn) {
  EXPECT_EQ(
      pretty(testing::syn(Family::V4)),
      "192.0.2.7:45002 > 203.0.113.80:443 SYN seq 1 win 64240 ttl 3 id 17 "
      "<mss 1460,sackOK,TS val 305419896 ecr 0,nop,wscale 7>");
  EXPECT_EQ(
      pretty(testing::syn(Family::V6)),
      "[2001:db8::7]:45002 > [2001:db8:1::80]:443 SYN seq 1 win 64240 ttl 3 flow 0x12345 "
      "<mss 1460,sackOK,TS val 305419896 ecr 0,nop,wscale 7>");
}

TEST(Pretty, ShowsAnAnswerWithItsQuoteAndLabels) {
  EXPECT_EQ(
      pretty(testing::time_exceeded(Family::V4)),
      "198.51.100.1 > 192.0.2.7 time exceeded (11/0) ttl 250 id 17 "
      "(192.0.2.7:45002 > 203.0.113.80:443 SYN seq 1 win 64240 ttl 1 id 17 "
      "<mss 1460,sackOK,TS val 305419896 ecr 0,nop,wscale 7>) "
      "mpls 29657 tc 0 s 0 ttl 1 mpls 25437 tc 0 s 1 ttl 1");
}

TEST(Pretty, ShowsAShortQuote) {
  Datagram datagram = testing::time_exceeded(Family::V4);
  const Bytes probe = bytes(testing::syn(Family::V4));
  datagram.body = make_icmp_error(
      Family::V4, {.type = 3, .code = 13, .offending = probe, .transport_bytes_max = 8});
  EXPECT_EQ(
      pretty(datagram),
      "198.51.100.1 > 192.0.2.7 admin prohibited (3/13) ttl 250 id 17 "
      "(192.0.2.7:45002 > 203.0.113.80:443 seq 1 ttl 3 id 17)");
}

TEST(Pretty, ShowsTheMtuOfTheNextHop) {
  Datagram datagram = testing::time_exceeded(Family::V6);
  const Bytes probe = bytes(testing::syn(Family::V6));
  datagram.body = make_icmp_error(
      Family::V6, {.type = 2, .mtu = 1280, .offending = probe, .transport_bytes_max = 8});
  EXPECT_NE(pretty(datagram).find("packet too big (2/0) mtu 1280 "), std::string::npos);
}

TEST(Pretty, ShowsFlagsPayloadAndChecksum) {
  Datagram datagram = testing::syn(Family::V4);
  auto& segment = std::get<TcpSegment>(datagram.body);
  segment.header.flags = TcpFlag::Rst | TcpFlag::Ack;
  segment.header.acknowledgement = 9;
  segment.header.options = TcpOptions{hex("fd03aa")};
  segment.payload.resize(5);
  segment.checksum = Checksum::Bad;
  datagram.ip.dont_fragment = true;
  datagram.ip.tos = 0xb8;
  EXPECT_EQ(
      pretty(datagram),
      "192.0.2.7:45002 > 203.0.113.80:443 RST,ACK seq 1 ack 9 win 64240 ttl 3 id 17 DF tos 0xb8 "
      "<option 253 aa> 5 bytes bad checksum");
}

TEST(Pretty, ShowsUdpEchoAndTheRest) {
  const IpHeader ip = testing::ip_header(Family::V4);
  EXPECT_EQ(
      pretty(
          {ip, UdpDatagram{.source_port = Port{1}, .destination_port = Port{2}, .payload = {1}}}),
      "192.0.2.7:1 > 203.0.113.80:2 UDP ttl 3 id 17 1 bytes");
  EXPECT_EQ(
      pretty({ip, IcmpMessage{.type = 8}}),
      "192.0.2.7 > 203.0.113.80 echo request (8/0) ttl 3 id 17");
  IpHeader fragment = ip;
  fragment.protocol = 6;
  fragment.fragment_offset = 1480;
  fragment.more_fragments = true;
  EXPECT_EQ(
      pretty({fragment, OtherPayload{Bytes(8)}}),
      "192.0.2.7 > 203.0.113.80 protocol 6 ttl 3 id 17 fragment 1480+ 8 bytes");
}

TEST(Pretty, LetsNothingThroughThatATerminalObeys) {
  Datagram datagram = testing::time_exceeded(Family::V4);
  Extensions extensions;
  extensions.interfaces.push_back({.name = "eth0\x1b[2J\r\n\xe2\x80\xae"});
  const Bytes probe = bytes(testing::syn(Family::V4));
  const Bytes extension = encode(extensions);
  datagram.body =
      make_icmp_error(Family::V4, {.type = 11, .offending = probe, .extension = extension});
  const std::string line = pretty(datagram);
  EXPECT_NE(line.find(R"(incoming interface "eth0\x1b[2J\x0d\x0a\u{202e}")"), std::string::npos)
      << line;
  EXPECT_TRUE(std::ranges::all_of(line, [](char byte) { return byte >= 0x20 && byte < 0x7f; }));
}

}  // namespace
}  // namespace synroute::wire
