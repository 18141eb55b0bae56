// SPDX-License-Identifier: Apache-2.0
#include "wire/datagram.hpp"
#include "wire/packets_for_tests.hpp"
#include "wire/quote.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute::wire {
namespace {

using testing::Bytes;

constexpr std::array kFamilies{Family::V4, Family::V6};

std::size_t header_size(Family family) {
  return family == Family::V4 ? 20 : 40;
}

/// True when everything in `part` also stands in `whole`.
bool is_part(const Bytes& part, const Bytes& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

void expect_nothing_invented(const Datagram& part, const Datagram& whole) {
  EXPECT_EQ(part.ip, whole.ip);
  ASSERT_EQ(part.body.index(), whole.body.index());
  if (const TcpSegment* tcp = part.tcp()) {
    EXPECT_EQ(tcp->header, whole.tcp()->header);
    EXPECT_TRUE(is_part(tcp->payload, whole.tcp()->payload));
    EXPECT_EQ(tcp->checksum, Checksum::Unknown);
  }
  if (const IcmpMessage* icmp = part.icmp()) {
    EXPECT_TRUE(is_part(icmp->payload, whole.icmp()->payload));
    EXPECT_EQ(icmp->checksum, Checksum::Unknown);
    EXPECT_EQ(icmp->extensions, Extensions{});
    const auto& quote = icmp->quote;
    if (quote) {
      EXPECT_EQ(quote->source, whole.icmp()->quote->source);
      EXPECT_EQ(quote->ip, whole.icmp()->quote->ip);
    }
    if (quote && quote->tcp) {
      EXPECT_EQ(quote->tcp->source_port, whole.icmp()->quote->tcp->source_port);
      EXPECT_EQ(quote->tcp->sequence, whole.icmp()->quote->tcp->sequence);
    }
  }
}

TEST(Dissect, InventsNothingWhenCutAnywhere) {
  for (const Family family : kFamilies) {
    Datagram data = testing::syn(family);
    std::get<TcpSegment>(data.body).payload.assign(30, 1);
    for (const Datagram& sent : {data, testing::time_exceeded(family)}) {
      const Bytes packet = bytes(sent);
      const auto whole = dissect(packet);
      ASSERT_TRUE(whole);
      for (std::size_t size = 0; size < packet.size(); ++size) {
        const Bytes cut{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)};
        const auto part = dissect(cut);
        if (part) {
          expect_nothing_invented(*part, *whole);
        } else {
          EXPECT_EQ(part.error(), DissectError::Truncated);
        }
      }
    }
  }
}

TEST(Dissect, SurvivesEveryByteBeingAnything) {
  Random random{815};
  for (const Family family : kFamilies) {
    for (const Datagram& sent : {testing::syn(family), testing::time_exceeded(family)}) {
      const Bytes packet = bytes(sent);
      for (std::size_t at = 0; at < packet.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
          Bytes changed = packet;
          changed[at] = static_cast<std::uint8_t>(value);
          changed.resize(random.below(changed.size() + 1));
          const auto read = dissect(changed);
          if (read) {
            EXPECT_LE(read->ip.header_size, changed.size());
          }
        }
      }
    }
  }
}

/// A value that has a form on the wire, with what reading adds to it.
Datagram random_datagram(Random& random) {
  const Family family = random.chance(0.5) ? Family::V4 : Family::V6;
  const bool v4 = family == Family::V4;
  Datagram datagram{testing::ip_header(family), {}};
  IpHeader& ip = datagram.ip;
  ip.ttl = Ttl{static_cast<std::uint8_t>(random.next())};
  ip.tos = static_cast<std::uint8_t>(random.next());
  ip.dont_fragment = v4 && random.chance(0.5);
  ip.id = v4 ? static_cast<std::uint16_t>(random.next()) : 0;
  ip.flow_label = v4 ? 0 : static_cast<std::uint32_t>(random.below(1 << 20));
  const auto port = [&] { return Port{static_cast<std::uint16_t>(random.next())}; };
  const auto word = [&] { return static_cast<std::uint32_t>(random.next()); };
  switch (random.below(4)) {
    case 0: {
      TcpHeader tcp{port(), port(), word(), word(), TcpFlags{static_cast<std::uint16_t>(word())}};
      tcp.window = static_cast<std::uint16_t>(word());
      tcp.urgent = static_cast<std::uint16_t>(word());
      tcp.options = TcpOptions{testing::random_bytes(random, 40)};
      datagram.body = TcpSegment{tcp, testing::random_bytes(random, 60), Checksum::Good};
      ip.protocol = 6;
      break;
    }
    case 1:
      datagram.body =
          UdpDatagram{port(), port(), testing::random_bytes(random, 60), Checksum::Good};
      ip.protocol = 17;
      break;
    case 2: {
      IcmpMessage message{.type = static_cast<std::uint8_t>(random.below(14))};
      message.code = static_cast<std::uint8_t>(random.below(16));
      message.checksum = Checksum::Good;
      message.rest = random.chance(0.5) ? word() : length_field(family, 32);
      const Datagram inner =
          random.chance(0.5) ? testing::syn(family) : testing::time_exceeded(family);
      message.payload = random.chance(0.5) ? bytes(inner) : testing::random_bytes(random, 200);
      interpret(family, message);
      datagram.body = message;
      ip.protocol = v4 ? 1 : 58;
      break;
    }
    default:
      datagram.body = OtherPayload{testing::random_bytes(random, 60)};
      ip.protocol = 47;
      break;
  }
  ip.header_size = header_size(family);
  ip.total_length = bytes(datagram).size();
  return datagram;
}

TEST(Dissect, ReadsWhatBytesWrites) {
  Random random{791};
  for (int round = 0; round < 20000; ++round) {
    const Datagram sent = random_datagram(random);
    const auto read = dissect(bytes(sent));
    ASSERT_TRUE(read) << describe(read.error());
    ASSERT_EQ(*read, sent) << round;
  }
}

}  // namespace
}  // namespace synroute::wire
