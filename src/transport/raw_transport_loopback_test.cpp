// SPDX-License-Identifier: Apache-2.0
#include "os/check.hpp"
#include "os/network/socket_address.hpp"
#include "support/network_namespace.hpp"
#include "support/probe_packets.hpp"
#include "support/two_hop_network.hpp"
#include "transport/raw_prober_for_tests.hpp"
#include "transport/raw_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

using std::chrono_literals::operator""ms;
using tests::answers;
using tests::departures;
using tests::kSilence;
using tests::Prober;
using tests::refusals;

/// Both loopback addresses, in a namespace of its own with nothing else.
struct Loop {
  const char* name;
  const char* address;
};
void PrintTo(const Loop& loop, std::ostream* out) {
  *out << loop.name;
}

class RawTransportOnLoopback
    : public test::NamespaceTest
    , public testing::WithParamInterface<Loop> {
 protected:
  void SetUp() override {
    if (test::require_namespaces()) {
      place_ = std::make_unique<test::NetworkNamespace>();
      inside_ = std::make_unique<test::Inside>(*place_);
      self_ = *IpAddress::parse(GetParam().address);
      prober_ = std::make_unique<Prober>(self_, self_);
    }
  }

  [[nodiscard]] test::SynShape shape(Port target_port) const {
    return {
        .source = self_,
        .source_port = prober_->port(),
        .target = self_,
        .target_port = target_port};
  }
  void send(seam::Token token, const test::SynShape& shape) {
    prober_->transport.send(std::vector<seam::Outgoing>{{token, test::syn(shape)}});
  }
  /// Puts bytes on the loopback as they are.
  void inject(std::vector<std::uint8_t> packet) const {
    const os::Fd socket{os::check(
        "open raw socket",
        ::socket(os::address_family(self_.family()), SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW))};
    const os::SocketAddress to{self_};
    os::check(
        "inject packet",
        ::sendto(socket.get(), packet.data(), packet.size(), 0, to.data(), to.size()));
  }
  /// A reset that looks like an answer of the target.
  [[nodiscard]] wire::Datagram reset() const {
    wire::Datagram result = test::syn(
        {.source = self_,
         .source_port = Port{80},
         .target = self_,
         .target_port = prober_->port()});
    auto& tcp = std::get<wire::TcpSegment>(result.body);
    tcp.header.flags = wire::TcpFlag::Rst | wire::TcpFlag::Ack;
    tcp.header.acknowledgement = 5;
    return result;
  }
  [[nodiscard]] std::size_t ip_header_size() const {
    return self_.family() == Family::V4 ? 20 : 40;
  }

  std::unique_ptr<test::NetworkNamespace> place_;
  std::unique_ptr<test::Inside> inside_;
  IpAddress self_;
  std::unique_ptr<Prober> prober_;
};

INSTANTIATE_TEST_SUITE_P(
    Families,
    RawTransportOnLoopback,
    testing::Values(Loop{"Ipv4", "127.0.0.1"}, Loop{"Ipv6", "::1"}),
    [](const auto& loop) { return loop.param.name; });

TEST_P(RawTransportOnLoopback, HearsAListenerOnceWithASaneRoundTrip) {
  const os::Fd listener = test::listen_on(self_, Port{80});
  send(1, shape(Port{80}));
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_EQ(answers(all)[0].datagram.tcp()->header.flags, wire::TcpFlag::Syn | wire::TcpFlag::Ack);
  const Duration rtt = answers(all)[0].received - departures(all).back().at;
  EXPECT_GE(rtt, Duration::zero());
  EXPECT_LT(rtt, 10ms);
}

TEST_P(RawTransportOnLoopback, HearsAResetOnceAndNotItsOwnProbe) {
  send(1, shape(Port{80}));
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_TRUE(answers(all)[0].datagram.tcp()->header.flags.has(wire::TcpFlag::Rst));
}

TEST_P(RawTransportOnLoopback, DoesNotTakeAProbeToItsOwnPortForAnAnswer) {
  send(1, shape(prober_->port()));
  const auto heard = answers(prober_->gather_for(kSilence));
  ASSERT_EQ(heard.size(), 1U) << "the reset of the kernel, whose port does not listen";
  EXPECT_TRUE(heard[0].datagram.tcp()->header.flags.has(wire::TcpFlag::Rst));
}

TEST_P(RawTransportOnLoopback, CallsAnUnfilledChecksumUnknownNotBad) {
  const os::Fd listener = test::listen_on(self_, Port{80});
  send(1, shape(Port{80}));
  const auto all = prober_->gather(1);
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_EQ(answers(all)[0].datagram.tcp()->checksum, wire::Checksum::Unknown);
  EXPECT_EQ(prober_->transport.counters().bad_checksum, 0U);
}

TEST_P(RawTransportOnLoopback, StampsADepartureMoreExactlyLater) {
  send(1, shape(Port{80}));
  const auto left = departures(prober_->gather_for(kSilence));
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[1].token, 1U);
  EXPECT_GT(left[1].at, left[0].at);
  EXPECT_LT(left[1].at - left[0].at, 10ms);
}

TEST_P(RawTransportOnLoopback, KeepsStampsApartAfterARefusal) {
  place_->run("ip link set lo mtu 1400");
  test::SynShape too_long = shape(Port{80});
  too_long.payload = 1390;
  send(1, shape(Port{80}));
  send(2, too_long);
  send(3, shape(Port{81}));
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(refusals(all).size(), 1U);
  std::vector<seam::Token> tokens;
  for (const seam::Sent& sent : departures(all)) {
    tokens.push_back(sent.token);
  }
  std::ranges::sort(tokens);
  EXPECT_EQ(tokens, (std::vector<seam::Token>{1, 1, 3, 3}));
}

TEST_P(RawTransportOnLoopback, CallsALocalFirewallNotPermitted) {
  place_->run(
      "nft 'table inet wall { chain out { type filter hook output priority 0; "
      "tcp dport 80 drop; }; }'");
  send(1, shape(Port{80}));
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(refusals(all).size(), 1U);
  EXPECT_EQ(refusals(all)[0].token, 1U);
  EXPECT_EQ(refusals(all)[0].why, model::Refusal::NotPermitted);
  EXPECT_TRUE(departures(all).empty());
}

TEST_P(RawTransportOnLoopback, HearsAnswersThatTheLocalFirewallDrops) {
  place_->run(
      "nft 'table inet wall { chain in { type filter hook input priority 0; "
      "tcp sport 80 drop; }; }'");
  send(1, shape(Port{80}));
  EXPECT_EQ(answers(prober_->gather_for(kSilence)).size(), 1U);
}

TEST_P(RawTransportOnLoopback, CallsAPacketBeyondTheMtuTooLong) {
  place_->run("ip link set lo mtu 1400");
  test::SynShape probe = shape(Port{80});
  probe.payload = 1390;
  send(1, probe);
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(refusals(all).size(), 1U);
  EXPECT_EQ(refusals(all)[0].why, model::Refusal::TooLong);
}

TEST_P(RawTransportOnLoopback, CallsAMissingRouteNoRoute) {
  test::SynShape probe = shape(Port{80});
  probe.target = *IpAddress::parse(self_.family() == Family::V4 ? "203.0.113.1" : "2001:db8::1");
  send(1, probe);
  const auto all = prober_->gather_for(kSilence);
  ASSERT_EQ(refusals(all).size(), 1U);
  EXPECT_EQ(refusals(all)[0].why, model::Refusal::NoRoute);
}

TEST_P(RawTransportOnLoopback, CountsAndDropsABadTcpChecksum) {
  std::vector<std::uint8_t> packet = wire::bytes(reset());
  packet[ip_header_size() + 16] ^= 0x55;
  inject(packet);
  EXPECT_TRUE(answers(prober_->gather_for(kSilence)).empty());
  EXPECT_EQ(prober_->transport.counters().bad_checksum, 1U);
}

TEST_P(RawTransportOnLoopback, AcceptsAGoodChecksumAsGood) {
  inject(wire::bytes(reset()));
  const auto all = prober_->gather(1);
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_EQ(answers(all)[0].datagram.tcp()->checksum, wire::Checksum::Good);
}

TEST_P(RawTransportOnLoopback, CountsATruncatedAnswerMalformed) {
  wire::Datagram stump = reset();
  const auto whole = wire::bytes(stump);
  stump.body = wire::OtherPayload{
      {whole.begin() + static_cast<std::ptrdiff_t>(ip_header_size()),
       whole.begin() + static_cast<std::ptrdiff_t>(ip_header_size()) + 8}};
  inject(wire::bytes(stump));
  EXPECT_TRUE(prober_->gather_for(kSilence).empty());
  EXPECT_EQ(prober_->transport.counters().malformed, 1U);
}

TEST_P(RawTransportOnLoopback, IgnoresOtherConversations) {
  wire::Datagram other = reset();
  std::get<wire::TcpSegment>(other.body).header.destination_port =
      Port{static_cast<std::uint16_t>(prober_->port().value() ^ 1)};
  inject(wire::bytes(other));
  inject(wire::bytes(reset()));
  const auto heard = answers(prober_->gather_for(kSilence));
  ASSERT_EQ(heard.size(), 1U) << "only the one that came last";
  EXPECT_EQ(heard[0].datagram.tcp()->header.destination_port, prober_->port());
  EXPECT_EQ(prober_->transport.counters(), model::Counters{});
}

TEST_P(RawTransportOnLoopback, CountsWhatItsBufferHadNoRoomFor) {
  const auto packet = wire::bytes(reset());
  const os::Fd socket{os::check(
      "open raw socket",
      ::socket(os::address_family(self_.family()), SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW))};
  const os::SocketAddress to{self_};
  std::uint64_t injected = 0;
  while (injected < 100'000 && prober_->transport.counters().dropped_by_socket == 0) {
    for (int i = 0; i < 1000; ++i, ++injected) {
      ::sendto(socket.get(), packet.data(), packet.size(), 0, to.data(), to.size());
    }
  }
  std::vector<seam::Incoming> all;
  for (std::size_t before = SIZE_MAX; before != all.size();) {
    before = all.size();
    prober_->transport.receive(all);
  }
  EXPECT_GT(prober_->transport.counters().dropped_by_socket, 0U);
  EXPECT_EQ(answers(all).size() + prober_->transport.counters().dropped_by_socket, injected);
}

TEST_P(RawTransportOnLoopback, SendsWhatItWasGivenByteForByte) {
  const os::Fd tap{os::check(
      "open packet socket",
      ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL)))};
  wire::Datagram probe = test::syn(shape(Port{80}));
  probe.ip.tos = 0x2e << 2;
  probe.ip.flow_label = self_.family() == Family::V6 ? 0xabcde : 0;
  probe.ip.dont_fragment = self_.family() == Family::V4;
  std::get<wire::TcpSegment>(probe.body).header.options =
      wire::TcpOptions{}.maximum_segment_size(1460).sack_permitted().timestamps({.value = 77});
  std::get<wire::TcpSegment>(probe.body).payload = {1, 2, 3};
  prober_->transport.send(std::vector<seam::Outgoing>{{1, probe}});
  std::vector<std::uint8_t> seen(2048);
  const ssize_t size = ::recv(tap.get(), seen.data(), seen.size(), 0);
  ASSERT_GT(size, 0);
  seen.resize(static_cast<std::size_t>(size));
  EXPECT_EQ(seen, wire::bytes(probe));
}

TEST_P(RawTransportOnLoopback, NamesAnUnknownInterface) {
  try {
    const RawTransport impossible{{.source = self_, .egress = {.interface = "nosuch0"}}};
    FAIL() << "an interface that does not exist was used";
  } catch (const os::SystemError& error) {
    EXPECT_EQ(error.error(), ENODEV);
    EXPECT_NE(std::string{error.what()}.find("nosuch0"), std::string::npos);
  }
}

TEST_P(RawTransportOnLoopback, NamesASourceAddressThatIsNotOurs) {
  const IpAddress foreign =
      *IpAddress::parse(self_.family() == Family::V4 ? "192.0.2.1" : "2001:db8::1");
  try {
    const RawTransport impossible{{.source = foreign}};
    FAIL() << "a foreign address was used";
  } catch (const os::SystemError& error) {
    EXPECT_NE(std::string{error.what()}.find(foreign.to_string()), std::string::npos);
  }
}

}  // namespace
}  // namespace synroute::transport
