// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/packet.hpp"

#include "sim/stack/icmp_error.hpp"
#include "sim/support_for_tests.hpp"
#include "wire/packets_for_tests.hpp"

namespace synroute::sim {
namespace {

bool is_sound(const Packet& packet) {
  return packet.header_checksum_good() && transport_checksum_good(packet);
}

Probe v6_syn() {
  return {.source = ip("2001:db8::7"), .destination = ip("2001:db8:80::80"), .stamp = 5};
}

TEST(Packet, KeepsChecksumsRightThroughEveryChange) {
  for (const Probe& syn : {Probe{.stamp = 5}, v6_syn()}) {
    const bool v4 = syn.source.family() == Family::V4;
    Packet packet = sim::packet(syn);
    packet.set_source(ip(v4 ? "198.51.100.9" : "2001:db8:9::9"));
    packet.set_destination(ip(v4 ? "10.0.0.1" : "2001:db8:a::1"));
    packet.set_ttl(3);
    packet.set_tos(0xb8);
    packet.set_id(0xbeef);
    packet.set_source_port(1025);
    packet.set_destination_port(8443);
    packet.set_long_word(packet.transport_offset() + 4, 0xfffffffe);
    const std::vector<std::uint8_t> odd{1, 1, 1};
    packet.rewrite(packet.transport_offset() + 21, odd);
    EXPECT_TRUE(is_sound(packet));
    EXPECT_EQ(packet.ttl(), 3);
    EXPECT_EQ(packet.tos(), 0xb8);
    EXPECT_EQ(packet.source_port(), 1025);
    EXPECT_EQ(packet.tcp_sequence(), 0xfffffffeU);
  }
}

TEST(Packet, LeavesAWrongChecksumWrong) {
  Packet packet = sim::packet({});
  packet.corrupt(packet.transport_offset() + 5, 0x10);
  ASSERT_FALSE(transport_checksum_good(packet));
  packet.set_source(ip("198.51.100.9"));
  packet.set_destination_port(80);
  EXPECT_FALSE(transport_checksum_good(packet));
}

/// A datagram of 8 bytes, checksum included.
Packet udp_packet(const Probe& addresses) {
  wire::Datagram datagram = sim::datagram(addresses);
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Udp);
  datagram.body = wire::UdpDatagram{Port{4000}, Port{33434}, {}};
  return *Packet::adopt(wire::bytes(datagram));
}

TEST(Packet, NeverWritesAUdpChecksumOfZero) {
  Packet packet = udp_packet({});
  const auto checksum = [&] { return packet.word(packet.transport_offset() + 6); };
  // The port that takes up all of the sum: the checksum becomes 0, which is sent as 0xffff.
  const auto port = static_cast<std::uint16_t>(4000 + checksum());
  packet.set_source_port(checksum() > 0xffff - 4000 ? static_cast<std::uint16_t>(port + 1) : port);
  EXPECT_EQ(checksum(), 0xffff);
  EXPECT_TRUE(transport_checksum_good(packet));
}

TEST(Packet, TreatsAUdpChecksumOfZeroAsAbsentInIPv4Only) {
  for (const Probe& probe : {Probe{}, v6_syn()}) {
    Packet packet = udp_packet(probe);
    packet.corrupt(packet.transport_offset() + 6, packet.bytes()[packet.transport_offset() + 6]);
    packet.corrupt(packet.transport_offset() + 7, packet.bytes()[packet.transport_offset() + 7]);
    EXPECT_EQ(transport_checksum_good(packet), probe.source.family() == Family::V4);
  }
}

/// Thirteen bytes of TCP, which happen to add up: the field that should make them do so is not
/// there.
TEST(Packet, TreatsAHeaderTooShortForItsChecksumAsWrong) {
  const auto cut = Packet::adopt(wire::testing::hex(
      "45000021 00110000 0306b953 c0000207 cb007150 5bca01bb 0000a002 fa01030a 07"));
  ASSERT_TRUE(cut);
  EXPECT_FALSE(transport_checksum_good(*cut));
}

TEST(Packet, RepairsAQuoteWithAllItsChecksums) {
  for (const Probe& syn : {Probe{}, v6_syn()}) {
    const bool v4 = syn.source.family() == Family::V4;
    const IpAddress router = ip(v4 ? "198.51.100.1" : "2001:db8:1::1");
    const Packet probe = sim::packet(syn);
    Packet translated = probe;
    translated.set_source(ip(v4 ? "100.64.0.9" : "2001:db8:64::9"));
    translated.set_source_port(4242);
    Packet error = icmp_error(translated, router, time_exceeded(probe.family()), {}, {}, 1);
    auto quote = error.quote();
    ASSERT_TRUE(quote);
    quote->set_source(probe.source());
    quote->set_source_port(probe.source_port());
    error.set_quote(*quote);
    EXPECT_TRUE(is_sound(error));
    const auto restored = error.quote();
    ASSERT_TRUE(restored);
    EXPECT_TRUE(std::ranges::equal(restored->bytes(), probe.bytes()));
  }
}

/// RFC 4302 counts its length in words of four bytes, unlike every other extension header.
TEST(Packet, FindsTcpBehindAnAuthenticationHeader) {
  std::vector<std::uint8_t> bytes = wire::bytes(datagram(v6_syn()));
  const auto authentication =
      wire::testing::hex("0604 0000 00000001 00000002 000000000000000000000000");
  bytes.insert(bytes.begin() + 40, authentication.begin(), authentication.end());
  bytes[5] = static_cast<std::uint8_t>(bytes[5] + authentication.size());
  bytes[6] = 51;
  auto packet = Packet::adopt(bytes);
  ASSERT_TRUE(packet && packet->has_tcp());
  EXPECT_EQ(packet->transport_offset(), 64U);
  EXPECT_EQ(packet->destination_port(), 443);
  packet->set_source(ip("2001:db8:9::9"));
  EXPECT_TRUE(is_sound(*packet));
}

TEST(Packet, RefusesWhatIsNotIp) {
  EXPECT_FALSE(Packet::adopt({}));
  EXPECT_FALSE(Packet::adopt(std::vector<std::uint8_t>(19, 0x45)));
  EXPECT_FALSE(Packet::adopt(std::vector<std::uint8_t>(60, 0x70)));
  std::vector<std::uint8_t> long_header(20, 0);
  long_header[0] = 0x4f;
  EXPECT_FALSE(Packet::adopt(long_header));
}

/// RFC 1624: 0xffff is equivalent to 0, but dissectors report it as wrong.
TEST(Packet, WritesAZeroChecksumAsZero) {
  Packet syn = packet(Probe{});
  const std::size_t checksum_at = syn.transport_offset() + 16;
  int zeros = 0;
  for (unsigned low = 0; low <= 0xffff; ++low) {
    syn.set_word(syn.transport_offset() + 6, static_cast<std::uint16_t>(low));
    ASSERT_NE(syn.word(checksum_at), 0xffff) << low;
    zeros += syn.word(checksum_at) == 0 ? 1 : 0;
  }
  EXPECT_GT(zeros, 0);
  EXPECT_TRUE(transport_checksum_good(syn));
}

}  // namespace
}  // namespace synroute::sim
