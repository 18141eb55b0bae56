// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_transport.hpp"

#include "os/check.hpp"
#include "support/network_namespace.hpp"
#include "support/probe_packets.hpp"
#include "support/transport_conformance.hpp"
#include "support/two_hop_network.hpp"
#include "transport/raw_prober_for_tests.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::transport {
namespace {

using test::Goal;
using test::TwoHopNetwork;
using tests::answers;
using tests::Prober;

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

/// A host that translates its own packets to another of its addresses, as behind a VPN.
class RawTransportBehindItsOwnNat
    : public test::NamespaceTest
    , public testing::WithParamInterface<Family> {};

INSTANTIATE_TEST_SUITE_P(
    Families,
    RawTransportBehindItsOwnNat,
    testing::Values(Family::V4, Family::V6),
    [](const auto& family) { return family.param == Family::V4 ? "Ipv4" : "Ipv6"; });

TEST_P(RawTransportBehindItsOwnNat, ReportsAnswersAsToTheProbeThatWasSent) {
  if (!test::require_namespaces()) {
    return;
  }
  const Family family = GetParam();
  const bool v4 = family == Family::V4;
  const std::string translated = v4 ? "192.0.2.9" : "2001:db8:1::9";
  const TwoHopNetwork network;
  const test::Inside inside{network.home()};
  network.home().run("ip addr add " + translated + (v4 ? "/24" : "/64") + " dev wan");
  network.home().run(
      "nft 'table inet own { chain out { type nat hook postrouting priority 100; "
      "meta l4proto tcp snat "
      + std::string{v4 ? "ip" : "ip6"} + " to " + translated + "; }; }'");
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
  const auto all = prober.gather(2);
  const auto heard = answers(all);
  ASSERT_EQ(heard.size(), 2U);
  for (const seam::Received& answer : heard) {
    EXPECT_EQ(answer.datagram.ip.destination, TwoHopNetwork::source_address(family));
  }
  int seen_leaving = 0;
  for (const seam::Incoming& incoming : all) {
    if (const auto* left = std::get_if<seam::Left>(&incoming)) {
      ++seen_leaving;
      ASSERT_TRUE(left->translation);
      EXPECT_EQ(left->translation->before.source, TwoHopNetwork::source_address(family));
      EXPECT_EQ(left->translation->after.source, *IpAddress::parse(translated));
    }
  }
  EXPECT_EQ(seen_leaving, 2);
  EXPECT_NE(heard[0].datagram.tcp() != nullptr, heard[1].datagram.tcp() != nullptr)
      << "one from the target, one from the router";
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
