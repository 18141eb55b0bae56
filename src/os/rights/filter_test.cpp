// SPDX-License-Identifier: Apache-2.0
#include "os/rights/filter.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include <sys/socket.h>

namespace synroute::os {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The kernel runs the program: a socket pair takes filters as a packet socket does.
class Gate {
 public:
  explicit Gate(const FilterRequest& request) {
    std::array<int, 2> ends{};
    check("make pair", ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends.data()));
    in_ = Fd{ends[0]};
    out_ = Fd{ends[1]};
    attach_filter(out_.get(), receive_filter(request));
  }
  bool passes(const Bytes& packet) const {
    check("send", ::send(in_.get(), packet.data(), packet.size(), 0));
    Bytes got(packet.size() + 1);
    const ssize_t size = ::recv(out_.get(), got.data(), got.size(), MSG_DONTWAIT);
    return size == static_cast<ssize_t>(packet.size());
  }

 private:
  Fd in_;
  Fd out_;
};

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kIcmp6 = 58;

const IpAddress kOurs = *IpAddress::parse("192.0.2.7");
const IpAddress kTarget = *IpAddress::parse("203.0.113.80");
const IpAddress kOther = *IpAddress::parse("203.0.113.81");
const IpAddress kOurs6 = *IpAddress::parse("2001:db8::7");
const IpAddress kTarget6 = *IpAddress::parse("2001:db8:2::80");
const IpAddress kOther6 = *IpAddress::parse("2001:db8:2::81");

Bytes ipv4(
    const IpAddress& source, std::uint8_t protocol, const Bytes& body, std::size_t options = 0) {
  Bytes packet(20 + options);
  packet[0] = static_cast<std::uint8_t>(0x40 | (5 + options / 4));
  packet[9] = protocol;
  std::ranges::copy(source.bytes(), packet.begin() + 12);
  std::ranges::copy(kOurs.bytes(), packet.begin() + 16);
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

Bytes ipv6(const IpAddress& source, std::uint8_t next, const Bytes& body) {
  Bytes packet(40);
  packet[0] = 0x60;
  packet[6] = next;
  std::ranges::copy(source.bytes(), packet.begin() + 8);
  std::ranges::copy(kOurs6.bytes(), packet.begin() + 24);
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

Bytes tcp_to(std::uint16_t port) {
  Bytes header(20);
  header[2] = static_cast<std::uint8_t>(port >> 8);
  header[3] = static_cast<std::uint8_t>(port & 0xff);
  return header;
}

Bytes icmp(std::uint8_t type) {
  return {type, 0, 0, 0, 0, 0, 0, 0};
}

TEST(ReceiveFilter, PassesTcpFromTheTargetToOurPortOnly) {
  const Gate gate{{.targets = {kTarget}, .ports = {Port{40000}}}};
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40000))));
  EXPECT_FALSE(gate.passes(ipv4(kOther, kTcp, tcp_to(40000))));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40001))));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(39999))));
}

TEST(ReceiveFilter, PassesTcpFromTheTargetToOurPortOnlyInIpv6) {
  const Gate gate{{.family = Family::V6, .targets = {kTarget6}, .ports = {Port{40000}}}};
  EXPECT_TRUE(gate.passes(ipv6(kTarget6, kTcp, tcp_to(40000))));
  EXPECT_FALSE(gate.passes(ipv6(kOther6, kTcp, tcp_to(40000))));
  EXPECT_FALSE(gate.passes(ipv6(kTarget6, kTcp, tcp_to(40001))));
}

TEST(ReceiveFilter, FindsTheTcpHeaderBehindIpv4Options) {
  const Gate gate{{.targets = {kTarget}, .ports = {Port{40000}}}};
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40000), 40)));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40001), 40)));
}

TEST(ReceiveFilter, PassesIcmpErrorsOfAnybody) {
  const Gate gate{{.targets = {kTarget}, .ports = {Port{40000}}}};
  for (int type = 0; type < 256; ++type) {
    const bool wanted = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    EXPECT_EQ(gate.passes(ipv4(kOther, kIcmp, icmp(static_cast<std::uint8_t>(type)))), wanted)
        << type;
  }
}

TEST(ReceiveFilter, PassesIcmp6ErrorsOfAnybody) {
  const Gate gate{{.family = Family::V6, .targets = {kTarget6}, .ports = {Port{40000}}}};
  for (int type = 0; type < 256; ++type) {
    EXPECT_EQ(
        gate.passes(ipv6(kOther6, kIcmp6, icmp(static_cast<std::uint8_t>(type)))),
        type >= 1 && type <= 4)
        << type;
  }
}

TEST(ReceiveFilter, PassesTheFirstFragmentOnly) {
  const Gate gate{{.targets = {kTarget}, .ports = {Port{40000}}}};
  Bytes first = ipv4(kTarget, kTcp, tcp_to(40000));
  first[6] = 0x20;
  EXPECT_TRUE(gate.passes(first));
  Bytes later = first;
  later[7] = 1;
  EXPECT_FALSE(gate.passes(later));
}

TEST(ReceiveFilter, LeavesIpv6ExtensionHeadersToTheReader) {
  const Gate gate{{.family = Family::V6, .targets = {kTarget6}, .ports = {Port{40000}}}};
  for (const int extension : {0, 43, 44, 51, 60}) {
    EXPECT_TRUE(gate.passes(ipv6(kOther6, static_cast<std::uint8_t>(extension), Bytes(24))))
        << extension;
  }
  EXPECT_FALSE(gate.passes(ipv6(kTarget6, 17, Bytes(24)))) << "UDP";
}

TEST(ReceiveFilter, StopsOtherProtocolsAndStumps) {
  const Gate gate{{.targets = {kTarget}, .ports = {Port{40000}}}};
  EXPECT_FALSE(gate.passes(ipv4(kTarget, 17, tcp_to(40000))));
  EXPECT_FALSE(gate.passes(Bytes(12)));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, {0x00, 0x50})));
}

TEST(ReceiveFilter, TakesRunsOfPortsTogether) {
  FilterRequest request{.targets = {kTarget}};
  for (std::uint16_t port = 30000; port < 30500; ++port) {
    request.ports.push_back(Port{port});
  }
  request.ports.push_back(Port{65535});
  const Gate gate{request};
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(30000))));
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(30499))));
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(65535))));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(30500))));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(29999))));
}

TEST(ReceiveFilter, CoversScatteredPortsByOneRun) {
  FilterRequest request{.targets = {kTarget}};
  for (std::uint16_t i = 0; i < 100; ++i) {
    request.ports.push_back(Port{static_cast<std::uint16_t>(40000 + 10 * i)});
  }
  const Gate gate{request};
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40000))));
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(40990))));
  EXPECT_FALSE(gate.passes(ipv4(kTarget, kTcp, tcp_to(39999))));
}

TEST(ReceiveFilter, KnowsAsManyTargetsAsItSays) {
  for (const Family family : {Family::V4, Family::V6}) {
    FilterRequest request{.family = family};
    std::vector<IpAddress> targets;
    for (std::uint8_t i = 0; i < kMaxTargets; ++i) {
      request.targets.push_back(
          family == Family::V4
              ? IpAddress::v4(0xcb007100U + i)
              : IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i}));
    }
    for (std::uint16_t i = 0; i < kMaxPortRanges; ++i) {
      request.ports.push_back(Port{static_cast<std::uint16_t>(40000 + 10 * i)});
    }
    const Gate gate{request};
    const auto packet = family == Family::V4 ? ipv4(request.targets.back(), kTcp, tcp_to(40150))
                                             : ipv6(request.targets.back(), kTcp, tcp_to(40150));
    EXPECT_TRUE(gate.passes(packet));
    const auto strange = family == Family::V4 ? ipv4(kOurs, kTcp, tcp_to(40150))
                                              : ipv6(kOther6, kTcp, tcp_to(40150));
    EXPECT_FALSE(gate.passes(strange));
  }
}

TEST(ReceiveFilter, HearsEverybodyWhenThereAreTooManyTargetsOrNone) {
  FilterRequest many{.ports = {Port{40000}}};
  for (std::uint32_t i = 0; i <= kMaxTargets; ++i) {
    many.targets.push_back(IpAddress::v4(0xcb007100U + i));
  }
  for (const FilterRequest& request : {many, FilterRequest{.ports = {Port{40000}}}}) {
    const Gate gate{request};
    EXPECT_TRUE(gate.passes(ipv4(kOurs, kTcp, tcp_to(40000))));
    EXPECT_FALSE(gate.passes(ipv4(kOurs, kTcp, tcp_to(40001))));
  }
}

TEST(ReceiveFilter, HearsEveryPortWhenNoneIsNamed) {
  const Gate gate{{.targets = {kTarget}}};
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(0))));
  EXPECT_TRUE(gate.passes(ipv4(kTarget, kTcp, tcp_to(65535))));
  EXPECT_FALSE(gate.passes(ipv4(kOther, kTcp, tcp_to(80))));
}

}  // namespace
}  // namespace synroute::os
