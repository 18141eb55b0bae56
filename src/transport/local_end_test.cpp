// SPDX-License-Identifier: Apache-2.0
#include "transport/local_end.hpp"

#include "os/network/port_reservation.hpp"
#include "support/network_namespace.hpp"
#include "support/probe_packets.hpp"
#include "support/two_hop_network.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace synroute::transport {
namespace {

using test::TwoHopNetwork;

/// Something that happens to this host in the middle of a trace, and what probes must be told then.
struct Mishap {
  const char* name;
  Family family;
  bool raw;               ///< by packets of our own, else by connect()
  const char* interface;  ///< packets are bound to it; empty: the routes decide
  const char* command;    ///< run at home
  model::Refusal expected;
};
void PrintTo(const Mishap& mishap, std::ostream* out) {
  *out << mishap.name;
}

class Mishaps
    : public test::NamespaceTest
    , public testing::WithParamInterface<Mishap> {};

std::unique_ptr<seam::Transport> make_transport(const Mishap& mishap) {
  const os::Egress egress{.interface = mishap.interface};
  if (mishap.raw) {
    return std::make_unique<RawTransport>(RawTransport::Options{
        .source = TwoHopNetwork::source_address(mishap.family), .egress = egress});
  }
  return std::make_unique<ConnectTransport>(ConnectTransport::Options{.egress = egress});
}

/// What becomes of one probe: why it did not leave, or nothing when it did.
std::optional<model::Refusal> fate(seam::Transport& transport, Family family) {
  transport.send(std::vector<seam::Outgoing>{
      {1,
       test::syn(
           {.source = TwoHopNetwork::source_address(family),
            .target = TwoHopNetwork::target_address(family),
            .target_port = TwoHopNetwork::kSilent})}});
  std::vector<seam::Incoming> all;
  transport.receive(all);
  EXPECT_FALSE(all.empty()) << "the probe was not reported";
  for (const seam::Incoming& one : all) {
    if (const auto* refused = std::get_if<seam::NotSent>(&one)) {
      return refused->why;
    }
  }
  return std::nullopt;
}

TEST_P(Mishaps, AreCalledByTheirName) {
  const TwoHopNetwork network;
  const test::Inside inside{network.home()};
  const auto transport = make_transport(GetParam());
  ASSERT_EQ(fate(*transport, GetParam().family), std::nullopt) << "before anything happened";
  network.home().run(GetParam().command);
  EXPECT_EQ(fate(*transport, GetParam().family), GetParam().expected);
}

constexpr const char* kDown = "ip link set wan down";
constexpr const char* kRemoved = "ip link del wan";
constexpr const char* kRenumbered =
    "ip addr del 192.0.2.7/24 dev wan; ip addr del 2001:db8:1::7/64 dev wan;"
    "ip addr add 192.0.2.8/24 dev wan; ip addr add 2001:db8:1::8/64 dev wan nodad;"
    "ip route replace default via 192.0.2.1";
constexpr const char* kUnrouted = "ip route del default; ip -6 route del default";

std::vector<Mishap> mishaps() {
  using enum model::Refusal;
  std::vector<Mishap> all;
  for (const Family family : {Family::V4, Family::V6}) {
    for (const bool raw : {true, false}) {
      for (const char* interface : {"", "wan"}) {
        all.push_back({"down", family, raw, interface, kDown, InterfaceDown});
        all.push_back({"removed", family, raw, interface, kRemoved, InterfaceDown});
        all.push_back({"renumbered", family, raw, interface, kRenumbered, AddressGone});
      }
      all.push_back({"unrouted", family, raw, "", kUnrouted, NoRoute});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, Mishaps, testing::ValuesIn(mishaps()), [](const auto& mishap) {
  const Mishap& it = mishap.param;
  return std::string{it.name} + (it.family == Family::V4 ? "Ipv4" : "Ipv6")
         + (it.raw ? "Raw" : "Connect") + (*it.interface != '\0' ? "Bound" : "");
});

}  // namespace
}  // namespace synroute::transport
