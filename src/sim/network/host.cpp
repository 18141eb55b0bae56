// SPDX-License-Identifier: Apache-2.0
#include "sim/network/host.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

Host::Host(const HostSettings& settings, std::vector<IpAddress> addresses, std::uint64_t seed)
    : is_down_{settings.down},
      answer_delay_{settings.answer_delay},
      addresses_{std::move(addresses)},
      stack_{settings, seed},
      balancer_{Balance::Flow, mix(seed)} {}

void Host::receive(World& world, Packet packet, std::uint32_t /*interface*/) {
  if (!packet.header_checksum_good() || !transport_checksum_good(packet)) {
    world.drop(*this, DropReason::Checksum, packet);
    return;
  }
  if (is_down_ || std::ranges::find(addresses_, packet.destination()) == addresses_.end()) {
    world.drop(*this, DropReason::NotForUs, packet);
    return;
  }
  std::vector<Packet> answers;
  stack_.handle(packet, world.now(), answers);
  if (answers.empty()) {
    world.drop(*this, DropReason::Ignored, packet);
  }
  send_all(world, answers, answer_delay_);
  set_timer(world);
}

void Host::expire(World& world, std::uint64_t /*timer*/) {
  timer_.reset();
  std::vector<Packet> answers;
  stack_.advance(world.now(), answers);
  send_all(world, answers, Duration{});
  set_timer(world);
}

void Host::send_all(World& world, std::vector<Packet>& packets, Duration delay) {
  for (Packet& packet : packets) {
    if (const NextHops* hops = routes_.find(packet.destination())) {
      const std::uint32_t out = balancer_.choose(*hops, packet);
      world.transmit_after(*this, out, std::move(packet), delay);
    } else {
      world.drop(*this, DropReason::NoRoute, packet);
    }
  }
}

void Host::set_timer(World& world) {
  const auto next = stack_.deadline();
  if (next && (!timer_ || *next < *timer_)) {
    timer_ = next;
    world.set_timer(*this, *next - world.now(), 0);
  }
}

void ProberHost::receive(World& world, Packet packet, std::uint32_t /*interface*/) {
  if (!packet.header_checksum_good()) {
    world.drop(*this, DropReason::Checksum, packet);
    return;
  }
  if (std::ranges::find(addresses_, packet.destination()) == addresses_.end()) {
    world.drop(*this, DropReason::NotForUs, packet);
    return;
  }
  std::optional<Packet> reset;
  if (with_kernel_ && packet.has_tcp() && !packet.tcp_flags().has(wire::TcpFlag::Rst)
      && transport_checksum_good(packet)) {
    reset = forged_reset(packet, 64);
  }
  world.deliver(*this, std::move(packet));
  if (reset) {
    world.transmit(*this, 0, std::move(*reset));
  }
}

}  // namespace synroute::sim
