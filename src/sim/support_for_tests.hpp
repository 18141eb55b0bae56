// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/network/build.hpp"
#include "sim/network/sim_transport.hpp"
#include "sim/scenario/scenario.hpp"
#include "wire/datagram.hpp"
#include "wire/pretty.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the tests of this module share: SYNs, and a network that sends them through a scenario.
namespace synroute::sim {

inline IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}

/// A SYN as a test describes it.
struct Probe {
  IpAddress source = ip("192.0.2.7");
  IpAddress destination = ip("203.0.113.80");
  std::uint16_t source_port = 45000;
  std::uint16_t port = 443;
  std::uint8_t ttl = 64;
  std::uint32_t sequence = 1000;
  std::uint16_t id = 7;
  std::uint8_t tos = 0;
  wire::TcpFlags flags = wire::TcpFlag::Syn;
  std::uint32_t acknowledgement = 0;
  std::optional<std::uint32_t> stamp;  ///< with it, the options of Linux
  std::size_t payload = 0;
};

inline wire::Datagram datagram(const Probe& syn) {
  wire::TcpSegment segment;
  segment.header.source_port = Port{syn.source_port};
  segment.header.destination_port = Port{syn.port};
  segment.header.sequence = syn.sequence;
  segment.header.acknowledgement = syn.acknowledgement;
  segment.header.flags = syn.flags;
  segment.header.window = 64240;
  if (syn.stamp) {
    segment.header.options.maximum_segment_size(1460).sack_permitted().timestamps({*syn.stamp, 0});
    segment.header.options.no_operation().window_scale(7);
  }
  segment.payload.assign(syn.payload, 0x61);
  wire::Datagram datagram;
  datagram.ip.source = syn.source;
  datagram.ip.destination = syn.destination;
  datagram.ip.ttl = Ttl{syn.ttl};
  datagram.ip.tos = syn.tos;
  datagram.ip.id = syn.id;
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  datagram.ip.dont_fragment = syn.source.family() == Family::V4;
  datagram.body = std::move(segment);
  return datagram;
}

inline Packet packet(const Probe& syn) {
  return Packet::adopt(wire::bytes(datagram(syn))).value();
}

inline wire::Datagram dissected(const Packet& packet) {
  return wire::dissect(packet.bytes()).value();
}

/// A scenario, or a failed test with the reason.
inline Scenario scenario(std::string_view text) {
  auto parsed = parse_scenario(text);
  if (!parsed) {
    ADD_FAILURE() << "line " << parsed.error().line << ": " << parsed.error().reason;
    return {};
  }
  return *std::move(parsed);
}

/// A prober in a scenario.
class TestNetwork {
 public:
  explicit TestNetwork(std::string_view text, const BuildOptions& options = {})
      : scenario_{sim::scenario(text)}, world_{build(scenario_, options)} {}

  /// What came back, with the time since `from` each.
  struct Answer {
    wire::Datagram datagram;
    Instant at;
  };

  void send(const Probe& syn) {
    const seam::Outgoing outgoing{.token = tokens_++, .datagram = datagram(syn)};
    transport_.send({&outgoing, 1});
  }
  /// Advances time and returns the answers.
  std::vector<Answer> wait(Duration length) {
    const Instant end = world_->now() + length;
    std::vector<Answer> answers;
    while (true) {
      const bool more = waiter_.wait(end) == seam::Wake::Activity;
      std::vector<seam::Incoming> incoming;
      transport_.receive(incoming);
      for (seam::Incoming& item : incoming) {
        if (auto* received = std::get_if<seam::Received>(&item)) {
          answers.push_back({std::move(received->datagram), received->received});
        }
      }
      if (!more) {
        return answers;
      }
    }
  }
  /// Sends one SYN and returns its first answer within two seconds, if any.
  std::optional<wire::Datagram> ask(const Probe& syn) {
    send(syn);
    auto answers = wait(std::chrono::seconds{2});
    return answers.empty() ? std::nullopt : std::optional{std::move(answers.front().datagram)};
  }

  World& world() { return *world_; }
  SimTransport& transport() { return transport_; }
  VirtualWaiter& waiter() { return waiter_; }
  const Scenario& scenario() const { return scenario_; }

 private:
  Scenario scenario_;
  std::unique_ptr<World> world_;
  SimTransport transport_{*world_};
  VirtualWaiter waiter_{*world_};
  seam::Token tokens_ = 1;
};

}  // namespace synroute::sim
