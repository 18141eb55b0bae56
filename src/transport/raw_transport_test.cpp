// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_transport.hpp"

#include "os/check.hpp"
#include "os/network/port_reservation.hpp"
#include "os/network/socket_address.hpp"
#include "os/poll_waiter.hpp"
#include "support/network_namespace.hpp"
#include "support/probe_packets.hpp"
#include "support/transport_conformance.hpp"
#include "support/two_hop_network.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::transport {
namespace {

using std::chrono_literals::operator""ms;
using test::Goal;
using test::TwoHopNetwork;

// Only a failure takes that long.
constexpr Duration kPatience = 2000ms;
// How long nothing must come before it is called silence.
constexpr Duration kSilence = 100ms;

IpAddress address(const char* text) {
  return *IpAddress::parse(text);
}

/// A raw transport with a reserved port and a waiter, as the program puts them together.
struct Prober {
  Prober(const IpAddress& source, const IpAddress& target)
      : reservation{{.source = source}},
        transport{{.source = source, .source_ports = reservation.ports(), .targets = {target}}} {
    waiter.watch(transport.descriptor());
  }
  [[nodiscard]] Port port() const { return reservation.ports().front(); }

  os::PortReservation reservation;
  RawTransport transport;
  os::PollWaiter waiter;
};

template <Family family>
class RawRig {
 public:
  void set_up() {
    if (test::require_namespaces()) {
      network_ = std::make_unique<TwoHopNetwork>();
      inside_ = std::make_unique<test::Inside>(network_->home());
      prober_ = std::make_unique<Prober>(
          TwoHopNetwork::source_address(family), TwoHopNetwork::target_address(family));
    }
  }
  seam::Transport& transport() { return prober_->transport; }
  wire::Datagram probe(Goal goal, int number) {
    test::SynShape shape = plain();
    shape.sequence += static_cast<std::uint32_t>(number) << 24;
    switch (goal) {
      case Goal::Open: shape.target_port = TwoHopNetwork::kOpen; break;
      case Goal::Closed: shape.target_port = TwoHopNetwork::kClosed; break;
      case Goal::Silent: shape.target_port = TwoHopNetwork::kSilent; break;
      case Goal::Router: shape.ttl = Ttl{1}; break;
    }
    return test::syn(shape);
  }
  std::optional<wire::Datagram> refused() {
    test::SynShape shape = plain();
    shape.payload = 2000;
    return test::syn(shape);
  }
  Instant now() { return prober_->waiter.now(); }
  void wait(Duration at_most) { prober_->waiter.wait(now() + at_most); }

 private:
  [[nodiscard]] test::SynShape plain() const {
    return {
        .source = TwoHopNetwork::source_address(family),
        .source_port = prober_->port(),
        .target = TwoHopNetwork::target_address(family),
        .target_port = TwoHopNetwork::kOpen};
  }

  std::unique_ptr<TwoHopNetwork> network_;
  std::unique_ptr<test::Inside> inside_;
  std::unique_ptr<Prober> prober_;
};

}  // namespace
}  // namespace synroute::transport

namespace synroute::test {

using synroute::transport::RawRig;
INSTANTIATE_TYPED_TEST_SUITE_P(RawIpv4, TransportConformance, RawRig<Family::V4>);
INSTANTIATE_TYPED_TEST_SUITE_P(RawIpv6, TransportConformance, RawRig<Family::V6>);

}  // namespace synroute::test

namespace synroute::transport {
namespace {

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
      self_ = address(GetParam().address);
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
  void send(seam::Token token, const test::SynShape& wish) {
    prober_->transport.send(std::vector<seam::Outgoing>{{token, test::syn(wish)}});
  }
  /// Everything that comes until `enough` answers are here.
  std::vector<seam::Incoming> gather(std::size_t enough, Duration patience = kPatience) {
    std::vector<seam::Incoming> all;
    const Instant end = prober_->waiter.now() + patience;
    while (true) {
      prober_->transport.receive(all);
      if (answers(all).size() >= enough || prober_->waiter.now() >= end) {
        return all;
      }
      prober_->waiter.wait(end);
    }
  }
  /// Everything that comes in a while.
  std::vector<seam::Incoming> linger() { return gather(SIZE_MAX, kSilence); }
  static std::vector<seam::Received> answers(const std::vector<seam::Incoming>& all) {
    std::vector<seam::Received> result;
    for (const seam::Incoming& one : all) {
      if (const auto* received = std::get_if<seam::Received>(&one)) {
        result.push_back(*received);
      }
    }
    return result;
  }
  static std::vector<seam::NotSent> refusals(const std::vector<seam::Incoming>& all) {
    std::vector<seam::NotSent> result;
    for (const seam::Incoming& one : all) {
      if (const auto* refused = std::get_if<seam::NotSent>(&one)) {
        result.push_back(*refused);
      }
    }
    return result;
  }
  static std::vector<seam::Sent> departures(const std::vector<seam::Incoming>& all) {
    std::vector<seam::Sent> result;
    for (const seam::Incoming& one : all) {
      if (const auto* sent = std::get_if<seam::Sent>(&one)) {
        result.push_back(*sent);
      }
    }
    return result;
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
  const auto all = linger();
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_EQ(answers(all)[0].datagram.tcp()->header.flags, wire::TcpFlag::Syn | wire::TcpFlag::Ack);
  const Duration rtt = answers(all)[0].received - departures(all).back().at;
  EXPECT_GE(rtt, Duration::zero());
  EXPECT_LT(rtt, 10ms);
}

TEST_P(RawTransportOnLoopback, HearsAResetOnceAndNotItsOwnProbe) {
  send(1, shape(Port{80}));
  const auto all = linger();
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_TRUE(answers(all)[0].datagram.tcp()->header.flags.has(wire::TcpFlag::Rst));
}

TEST_P(RawTransportOnLoopback, DoesNotTakeAProbeToItsOwnPortForAnAnswer) {
  send(1, shape(prober_->port()));
  for (const seam::Received& answer : answers(linger())) {
    EXPECT_TRUE(answer.datagram.tcp()->header.flags.has(wire::TcpFlag::Rst));
  }
}

TEST_P(RawTransportOnLoopback, CallsAnUnfilledChecksumUnknownNotBad) {
  const os::Fd listener = test::listen_on(self_, Port{80});
  send(1, shape(Port{80}));
  const auto all = gather(1);
  ASSERT_EQ(answers(all).size(), 1U);
  EXPECT_EQ(answers(all)[0].datagram.tcp()->checksum, wire::Checksum::Unknown);
  EXPECT_EQ(prober_->transport.counters().bad_checksum, 0U);
}

TEST_P(RawTransportOnLoopback, StampsADepartureMoreExactlyLater) {
  send(1, shape(Port{80}));
  const auto left = departures(linger());
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
  const auto all = linger();
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
  const auto all = linger();
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
  EXPECT_EQ(answers(linger()).size(), 1U);
}

TEST_P(RawTransportOnLoopback, CallsAPacketBeyondTheMtuTooLong) {
  place_->run("ip link set lo mtu 1400");
  test::SynShape wish = shape(Port{80});
  wish.payload = 1390;
  send(1, wish);
  const auto all = linger();
  ASSERT_EQ(refusals(all).size(), 1U);
  EXPECT_EQ(refusals(all)[0].why, model::Refusal::TooLong);
}

TEST_P(RawTransportOnLoopback, CallsAMissingRouteNoRoute) {
  test::SynShape wish = shape(Port{80});
  wish.target = address(self_.family() == Family::V4 ? "203.0.113.1" : "2001:db8::1");
  send(1, wish);
  const auto all = linger();
  ASSERT_EQ(refusals(all).size(), 1U);
  EXPECT_EQ(refusals(all)[0].why, model::Refusal::NoRoute);
}

TEST_P(RawTransportOnLoopback, CountsAndDropsABadTcpChecksum) {
  std::vector<std::uint8_t> packet = wire::bytes(reset());
  packet[ip_header_size() + 16] ^= 0x55;
  inject(packet);
  EXPECT_TRUE(linger().empty());
  EXPECT_EQ(prober_->transport.counters().bad_checksum, 1U);
}

TEST_P(RawTransportOnLoopback, AcceptsAGoodChecksumAsGood) {
  inject(wire::bytes(reset()));
  const auto all = gather(1);
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
  EXPECT_TRUE(linger().empty());
  EXPECT_EQ(prober_->transport.counters().malformed, 1U);
}

TEST_P(RawTransportOnLoopback, IgnoresOtherConversations) {
  wire::Datagram other = reset();
  std::get<wire::TcpSegment>(other.body).header.destination_port =
      Port{static_cast<std::uint16_t>(prober_->port().value() ^ 1)};
  inject(wire::bytes(other));
  EXPECT_TRUE(linger().empty());
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
  EXPECT_EQ(all.size() + prober_->transport.counters().dropped_by_socket, injected);
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
  const IpAddress foreign = address(self_.family() == Family::V4 ? "192.0.2.1" : "2001:db8::1");
  try {
    const RawTransport impossible{{.source = foreign}};
    FAIL() << "a foreign address was used";
  } catch (const os::SystemError& error) {
    EXPECT_NE(std::string{error.what()}.find(foreign.to_string()), std::string::npos);
  }
}

/// Home translates its own packets to another of its addresses, as hosts behind a VPN do.
class RawTransportBehindItsOwnNat
    : public test::NamespaceTest
    , public testing::WithParamInterface<Loop> {};

INSTANTIATE_TEST_SUITE_P(
    Families,
    RawTransportBehindItsOwnNat,
    testing::Values(Loop{"Ipv4", "192.0.2.9"}, Loop{"Ipv6", "2001:db8:1::9"}),
    [](const auto& loop) { return loop.param.name; });

TEST_P(RawTransportBehindItsOwnNat, HearsAnswersToTheTranslatedAddress) {
  if (!test::require_namespaces()) {
    return;
  }
  const TwoHopNetwork network;
  const test::Inside inside{network.home()};
  const Family family = address(GetParam().address).family();
  const bool v4 = family == Family::V4;
  network.home().run(
      std::string{"ip addr add "} + GetParam().address + (v4 ? "/24" : "/64") + " dev wan");
  network.home().run(
      std::string{"nft 'table inet own { chain out { type nat hook postrouting priority 100; "
                  "meta l4proto tcp snat "}
      + (v4 ? "ip" : "ip6") + " to " + GetParam().address + "; }; }'");
  Prober prober{TwoHopNetwork::source_address(family), TwoHopNetwork::target_address(family)};
  test::SynShape shape{
      .source = TwoHopNetwork::source_address(family),
      .source_port = prober.port(),
      .target = TwoHopNetwork::target_address(family),
      .target_port = TwoHopNetwork::kOpen};
  std::vector<seam::Outgoing> batch{{1, test::syn(shape)}};
  shape.ttl = Ttl{1};
  shape.sequence -= 1U << 24;
  batch.push_back({2, test::syn(shape)});
  prober.transport.send(batch);
  std::size_t icmp = 0;
  std::size_t tcp = 0;
  const Instant end = prober.waiter.now() + kPatience;
  while (icmp + tcp < 2 && prober.waiter.now() < end) {
    prober.waiter.wait(end);
    std::vector<seam::Incoming> all;
    prober.transport.receive(all);
    for (const seam::Incoming& one : all) {
      if (const auto* received = std::get_if<seam::Received>(&one)) {
        EXPECT_EQ(received->datagram.ip.destination, address(GetParam().address));
        ++(received->datagram.tcp() != nullptr ? tcp : icmp);
      }
    }
  }
  EXPECT_EQ(icmp, 1U);
  EXPECT_EQ(tcp, 1U);
}

TEST(RawTransport, SaysWhatWouldGiveTheRight) {
  // Capabilities belong to the thread: this one gives its own away and ends.
  std::string hint;
  std::thread{[&hint] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct nothing[_LINUX_CAPABILITY_U32S_3] = {};
    ::syscall(SYS_capset, &header, nothing);
    try {
      const RawTransport impossible{{.source = IpAddress::v4(0x7f000001)}};
    } catch (const os::SystemError& error) {
      hint = error.hint();
    }
  }}.join();
  EXPECT_NE(hint.find("sudo setcap cap_net_raw+ep /"), std::string::npos) << hint;
}

}  // namespace
}  // namespace synroute::transport
