// SPDX-License-Identifier: Apache-2.0
#include "transport/connect_transport.hpp"

#include "os/check.hpp"
#include "os/network/socket_address.hpp"
#include "os/poll_waiter.hpp"
#include "support/network_namespace.hpp"
#include "support/probe_packets.hpp"
#include "support/transport_conformance.hpp"
#include "support/two_hop_network.hpp"
#include "support/without_rights.hpp"
#include "wire/icmp_error.hpp"
#include "wire/icmp_extension.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <ostream>
#include <vector>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using test::Goal;
using test::TwoHopNetwork;

/// The two-hop network seen from home.
struct Home {
  Home() { waiter.watch(transport.descriptor()); }

  TwoHopNetwork network;
  test::Inside inside{network.home()};
  ConnectTransport transport;
  os::PollWaiter waiter;
};

test::SynShape plain(Family family) {
  return {
      .source = TwoHopNetwork::source_address(family),
      .source_port = Port{0},
      .target = TwoHopNetwork::target_address(family),
      .target_port = TwoHopNetwork::kOpen};
}

template <Family family>
class ConnectRig {
 public:
  void set_up() {
    if (test::require_namespaces()) {
      home_ = std::make_unique<Home>();
      without_rights_ = std::make_unique<test::WithoutRights>();
    }
  }
  seam::Transport& transport() { return home_->transport; }
  wire::Datagram probe(Goal goal, int) {
    test::SynShape shape = plain(family);
    switch (goal) {
      case Goal::Open: break;
      case Goal::Closed: shape.target_port = TwoHopNetwork::kClosed; break;
      case Goal::Silent: shape.target_port = TwoHopNetwork::kSilent; break;
      case Goal::Router: shape.ttl = Ttl{1}; break;
    }
    return test::syn(shape);
  }
  std::optional<wire::Datagram> refused() {
    test::SynShape shape = plain(family);
    shape.payload = 10;
    return test::syn(shape);
  }
  Instant now() { return home_->waiter.now(); }
  void wait(Duration at_most) { home_->waiter.wait(now() + at_most); }

 private:
  std::unique_ptr<Home> home_;
  std::unique_ptr<test::WithoutRights> without_rights_;  ///< given back before home is taken down
};

}  // namespace
}  // namespace synroute::transport

namespace synroute::test {

using synroute::transport::ConnectRig;
INSTANTIATE_TYPED_TEST_SUITE_P(ConnectIpv4, TransportConformance, ConnectRig<Family::V4>);
INSTANTIATE_TYPED_TEST_SUITE_P(ConnectIpv6, TransportConformance, ConnectRig<Family::V6>);

}  // namespace synroute::test

namespace synroute::transport {
namespace {

/// A router made of a packet socket: takes SYNs off the wire and answers them with errors of its
/// own making. The real one behind it is told to keep silent.
class ForgingRouter {
 public:
  ForgingRouter(const TwoHopNetwork& network, Family family) : family_{family} {
    network.router().run(
        "nft 'table inet mute { chain in { type filter hook prerouting priority 0; "
        "tcp dport 80 drop; }; }'");
    const test::Inside inside{network.router()};
    wire_ =
        os::Fd{os::check("open packet socket", ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0))};
    sockaddr_ll near{};
    near.sll_family = AF_PACKET;
    near.sll_protocol = htons(family == Family::V4 ? ETH_P_IP : ETH_P_IPV6);
    near.sll_ifindex = static_cast<int>(::if_nametoindex("near"));
    sockaddr_storage where{};
    std::memcpy(&where, &near, sizeof near);
    os::check(
        "listen on near", ::bind(wire_.get(), reinterpret_cast<sockaddr*>(&where), sizeof near));
    out_ = os::Fd{os::check(
        "open raw socket",
        ::socket(os::address_family(family), SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW))};
  }

  /// Waits for a SYN and answers it.
  void answer(wire::IcmpErrorSpec spec, Ttl reply_ttl) {
    const std::vector<std::uint8_t> packet = next_syn();
    spec.offending = packet;
    wire::Datagram reply;
    reply.ip.source = TwoHopNetwork::router_address(family_);
    reply.ip.destination = TwoHopNetwork::source_address(family_);
    reply.ip.ttl = reply_ttl;
    reply.ip.tos = 0xc0;
    reply.ip.protocol = static_cast<std::uint8_t>(
        family_ == Family::V4 ? wire::Protocol::Icmp : wire::Protocol::Icmp6);
    reply.body = wire::make_icmp_error(family_, spec);
    const auto bytes = wire::bytes(reply);
    const os::SocketAddress to{reply.ip.destination};
    os::check("forge", ::sendto(out_.get(), bytes.data(), bytes.size(), 0, to.data(), to.size()));
  }

 private:
  std::vector<std::uint8_t> next_syn() const {
    pollfd ready{.fd = wire_.get(), .events = POLLIN, .revents = 0};
    while (::poll(&ready, 1, 2000) == 1) {
      std::vector<std::uint8_t> packet(2048);
      const ssize_t size = ::recv(wire_.get(), packet.data(), packet.size(), 0);
      packet.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
      const auto datagram = wire::dissect(packet);
      if (datagram && datagram->tcp() != nullptr) {
        return packet;
      }
    }
    throw std::runtime_error{"no SYN came"};
  }

  Family family_;
  os::Fd wire_;
  os::Fd out_;
};

class ConnectTransportTest
    : public test::NamespaceTest
    , public testing::WithParamInterface<Family> {
 protected:
  void SetUp() override {
    if (test::require_namespaces()) {
      home_ = std::make_unique<Home>();
    }
  }
  void send(const test::SynShape& shape) {
    const test::WithoutRights without_rights;
    home_->transport.send(std::vector<seam::Outgoing>{{1, test::syn(shape)}});
  }
  std::optional<seam::Received> answer(Duration patience = 2s) {
    const test::WithoutRights without_rights;
    std::vector<seam::Incoming> all;
    const Instant end = home_->waiter.now() + patience;
    while (true) {
      home_->transport.receive(all);
      for (const seam::Incoming& one : all) {
        if (const auto* received = std::get_if<seam::Received>(&one)) {
          return *received;
        }
      }
      if (home_->waiter.now() >= end) {
        return std::nullopt;
      }
      home_->waiter.wait(end);
    }
  }
  [[nodiscard]] std::uint8_t time_exceeded() const { return GetParam() == Family::V4 ? 11 : 3; }

  std::unique_ptr<Home> home_;
};

INSTANTIATE_TEST_SUITE_P(
    Families,
    ConnectTransportTest,
    testing::Values(Family::V4, Family::V6),
    [](const auto& family) { return family.param == Family::V4 ? "Ipv4" : "Ipv6"; });

TEST_P(ConnectTransportTest, ANewProbeOnAConnectionEndsTheOneBefore) {
  test::SynShape probe = plain(GetParam());
  probe.source_port = Port{40001};
  probe.target_port = TwoHopNetwork::kSilent;
  send(probe);
  probe.ttl = Ttl{1};
  send(probe);
  EXPECT_EQ(home_->transport.open_attempts(), 1U);
  const auto heard = answer();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->datagram.ip.source, TwoHopNetwork::router_address(GetParam()));
}

TEST_P(ConnectTransportTest, TellsTtlAndTypeOfServiceOfARoutersAnswer) {
  ForgingRouter router{home_->network, GetParam()};
  test::SynShape shape = plain(GetParam());
  shape.ttl = Ttl{1};
  send(shape);
  router.answer({.type = time_exceeded()}, Ttl{61});
  const auto heard = answer();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->datagram.ip.source, TwoHopNetwork::router_address(GetParam()));
  EXPECT_EQ(heard->datagram.ip.destination, TwoHopNetwork::source_address(GetParam()));
  EXPECT_EQ(heard->datagram.ip.ttl, Ttl{61});
  EXPECT_EQ(heard->datagram.ip.tos, 0xc0);
}

TEST_P(ConnectTransportTest, ReadsTheQuotedTcpHeaderWithItsOptions) {
  ForgingRouter router{home_->network, GetParam()};
  test::SynShape shape = plain(GetParam());
  shape.ttl = Ttl{1};
  send(shape);
  router.answer({.type = time_exceeded()}, Ttl{64});
  const auto heard = answer();
  ASSERT_TRUE(heard && heard->datagram.icmp()->quote && heard->datagram.icmp()->quote->tcp);
  const wire::QuotedTcp& quoted = *heard->datagram.icmp()->quote->tcp;
  ASSERT_TRUE(quoted.header);
  EXPECT_EQ(quoted.header->flags, wire::TcpFlags{wire::TcpFlag::Syn});
  EXPECT_TRUE(quoted.header->options.maximum_segment_size());
  EXPECT_EQ(quoted.destination_port, TwoHopNetwork::kOpen);
  EXPECT_NE(quoted.source_port, Port{0});
}

TEST_P(ConnectTransportTest, ReadsMplsLabelsWhateverTheLengthFieldSays) {
  const wire::Extensions labels{
      .mpls = {{.label = 16004, .traffic_class = 5, .bottom = true, .ttl = 1}}};
  const auto extension = wire::encode(labels);
  ForgingRouter router{home_->network, GetParam()};
  for (const auto words : {std::optional<std::uint8_t>{}, std::optional<std::uint8_t>{0}}) {
    test::SynShape shape = plain(GetParam());
    shape.ttl = Ttl{1};
    send(shape);
    router.answer(
        {.type = time_exceeded(), .extension = extension, .length_words = words}, Ttl{64});
    const auto heard = answer();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->datagram.icmp()->extensions, labels) << (words ? "length 0" : "right length");
    EXPECT_TRUE(heard->datagram.icmp()->quote->tcp->header) << "the quote in front of it";
  }
}

TEST_P(ConnectTransportTest, StampsAnAnswerWhenItCameNotWhenItWasRead) {
  ForgingRouter router{home_->network, GetParam()};
  test::SynShape shape = plain(GetParam());
  shape.ttl = Ttl{1};
  send(shape);
  router.answer({.type = time_exceeded()}, Ttl{64});
  os::PollWaiter busy_elsewhere;
  busy_elsewhere.wait(busy_elsewhere.now() + 30ms);
  const Instant read_at = busy_elsewhere.now();
  const auto heard = answer();
  ASSERT_TRUE(heard);
  EXPECT_LT(heard->received, read_at - 20ms);
}

TEST_P(ConnectTransportTest, UnderstandsAQuoteOfEightBytes) {
  ForgingRouter router{home_->network, GetParam()};
  test::SynShape shape = plain(GetParam());
  shape.ttl = Ttl{1};
  send(shape);
  router.answer({.type = time_exceeded(), .transport_bytes_max = 8}, Ttl{64});
  const auto heard = answer();
  ASSERT_TRUE(heard && heard->datagram.icmp()->quote);
  EXPECT_EQ(heard->datagram.icmp()->quote->transport_bytes, 8U);
  ASSERT_TRUE(heard->datagram.icmp()->quote->tcp);
  EXPECT_FALSE(heard->datagram.icmp()->quote->tcp->header);
}

TEST_P(ConnectTransportTest, TellsAnIcmpRejectionFromAReset) {
  // Port unreachable makes connect() fail exactly as an RST does.
  home_->network.router().run(
      "nft 'table inet wall { chain pass { type filter hook forward priority 0; "
      "tcp dport 80 reject with icmpx type port-unreachable; }; }'");
  send(plain(GetParam()));
  const auto heard = answer();
  ASSERT_TRUE(heard);
  ASSERT_NE(heard->datagram.icmp(), nullptr);
  EXPECT_EQ(wire::kind(GetParam(), heard->datagram.icmp()->type), wire::IcmpKind::Unreachable);
  EXPECT_EQ(heard->datagram.icmp()->code, GetParam() == Family::V4 ? 3 : 4);
  EXPECT_EQ(heard->datagram.ip.source, TwoHopNetwork::router_address(GetParam()));
}

TEST_P(ConnectTransportTest, MeasuresTheHandshakeByTheKernel) {
  const Instant before = home_->waiter.now();
  send(plain(GetParam()));
  const auto heard = answer();
  ASSERT_TRUE(heard);
  EXPECT_GT(heard->received, before);
  EXPECT_LT(heard->received, home_->waiter.now());
}

TEST_P(ConnectTransportTest, ResetsAnOpenConnectionAtOnce) {
  send(plain(GetParam()));
  ASSERT_TRUE(answer());
  EXPECT_EQ(home_->transport.open_attempts(), 0U);
}

TEST_P(ConnectTransportTest, UsesTheSourcePortOfAProbeAgainAndAgain) {
  test::SynShape shape = plain(GetParam());
  shape.source_port = Port{45678};
  for (int round = 0; round < 3; ++round) {
    shape.ttl = Ttl{static_cast<std::uint8_t>(round == 0 ? 1 : 64)};
    send(shape);
    const auto heard = answer();
    ASSERT_TRUE(heard) << round;
    const auto* tcp = heard->datagram.tcp();
    EXPECT_EQ(
        tcp != nullptr ? tcp->header.destination_port
                       : heard->datagram.icmp()->quote->tcp->source_port,
        Port{45678});
  }
}

TEST_P(ConnectTransportTest, EndsAnAttemptWhenItsPatienceEnds) {
  ConnectTransport hasty{{.patience = 20ms}};
  test::SynShape shape = plain(GetParam());
  shape.target_port = TwoHopNetwork::kSilent;
  hasty.send(std::vector<seam::Outgoing>{{1, test::syn(shape)}});
  EXPECT_EQ(hasty.open_attempts(), 1U);
  home_->waiter.wait(home_->waiter.now() + 20ms);
  std::vector<seam::Incoming> all;
  hasty.receive(all);
  EXPECT_EQ(hasty.open_attempts(), 0U);
  EXPECT_EQ(all.size(), 1U) << "that it was sent, and nothing else";
}

TEST_P(ConnectTransportTest, CallsAMissingRouteNoRoute) {
  home_->network.home().run("ip route del default; ip -6 route del default");
  send(plain(GetParam()));
  std::vector<seam::Incoming> all;
  home_->transport.receive(all);
  ASSERT_EQ(all.size(), 1U);
  const auto* refused = std::get_if<seam::NotSent>(&all.front());
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->why, model::Refusal::NoRoute);
}

TEST(ConnectTransport, NamesAnUnknownInterface) {
  try {
    const ConnectTransport impossible{{.egress = {.interface = "nosuch0"}}};
    FAIL() << "an interface that does not exist was used";
  } catch (const os::SystemError& error) {
    EXPECT_STREQ(error.what(), "use interface nosuch0: No such device");
  }
}

}  // namespace
}  // namespace synroute::transport
