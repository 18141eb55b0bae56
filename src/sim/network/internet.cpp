// SPDX-License-Identifier: Apache-2.0
#include "sim/network/internet.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace synroute::sim {

namespace {

/// One stack stands for all hosts: whether a port is open is decided before the stack is called.
HostSettings shared_host(bool open) {
  HostSettings settings;
  settings.backlog = 1U << 16;
  if (open) {
    settings.open = PortSet::all();
  }
  return settings;
}

std::uint64_t flow_of(const Packet& packet, std::uint64_t seed) {
  const std::hash<IpAddress> of;
  std::uint64_t flow = mix(seed ^ mix(of(packet.source())) ^ of(packet.destination()));
  if (packet.has_ports()) {
    flow =
        mix(flow ^ packet.protocol() ^ static_cast<std::uint64_t>(packet.source_port()) << 32
            ^ static_cast<std::uint64_t>(packet.destination_port()) << 16);
  }
  return flow;
}

std::uint8_t lowered(std::uint8_t ttl, std::size_t hops) {
  return static_cast<std::uint8_t>(ttl > hops ? ttl - hops : 1);
}

}  // namespace

Internet::Internet(const InternetSettings& settings)
    : map_{settings},
      seed_{settings.seed},
      open_{shared_host(true), mix(seed_ + 1)},
      closed_{shared_host(false), mix(seed_ + 2)} {}

void Internet::receive(World& world, Packet packet, std::uint32_t interface) {
  if (!packet.header_checksum_good()) {
    world.drop(*this, DropReason::Checksum, packet);
    return;
  }
  if (!map_.contains(packet.destination())) {
    world.drop(*this, DropReason::NotForUs, packet);
    return;
  }
  const CloudPath path = map_.path(packet.destination());
  const std::uint8_t ttl = packet.ttl();
  if (ttl <= path.length) {
    packet.set_ttl(std::min<std::uint8_t>(ttl, 1));
    const std::size_t stage = ttl == 0 ? 0 : ttl - std::size_t{1};
    report(world, packet, interface, path, stage, time_exceeded(packet.family()));
    return;
  }
  packet.set_ttl(static_cast<std::uint8_t>(ttl - path.length));
  if (!path.routed) {
    const ErrorMeaning meaning = rejection(Reject::Host, packet.family());
    report(world, packet, interface, path, path.length - 1, meaning);
    return;
  }
  reach_host(world, packet, interface, path);
}

bool Internet::may_report_now(std::uint32_t router, Instant now, const IpAddress& prober) {
  if (limiters_.size() >= kLimiterLimit) {
    limiters_.clear();  // bounds the memory; the routers then report more than real ones would
  }
  return limiters_.try_emplace(router, IcmpLimit{.kind = IcmpLimit::Kind::Linux})
      .first->second.allow(now, prober, true);
}

void Internet::report(
    World& world,
    const Packet& packet,
    std::uint32_t interface,
    const CloudPath& path,
    std::size_t stage,
    ErrorMeaning meaning) {
  const std::uint32_t id = path.stages[stage].member(flow_of(packet, seed_ + stage));
  const CloudRouter router = map_.router(id, packet.family());
  const Duration delay = path.delay_to(stage);
  const bool willing =
      !router.silent && may_report(packet)
      && (!router.limited || may_report_now(id, world.now() + delay, packet.source()));
  world.drop(*this, DropReason::TtlExpired, packet);
  if (!willing) {
    return;
  }
  Packet error = icmp_error(
      packet, router.address, meaning, {.initial_ttl = router.initial_ttl}, {}, next_id_++);
  error.set_ttl(lowered(router.initial_ttl, path.return_hops(stage)));
  world.transmit_after(*this, interface, std::move(error), 2 * delay);
}

void Internet::reach_host(
    World& world, const Packet& packet, std::uint32_t interface, const CloudPath& path) {
  const bool readable = path.alive && packet.has_tcp() && transport_checksum_good(packet);
  const CloudPort port =
      readable ? map_.port(packet.destination(), packet.destination_port()) : CloudPort::Filtered;
  if (port == CloudPort::Filtered) {
    world.drop(*this, DropReason::Filtered, packet);
    return;
  }
  std::vector<Packet> answers;
  TcpStack& stack = port == CloudPort::Open ? open_ : closed_;
  const Duration ahead = path.delay_to(path.length);
  stack.handle(packet, world.now() + ahead, answers);
  send_segments(world, answers, interface, ahead);
  set_timer(world);
}

/// Sends segments of hosts, whose clock is ahead of the world's by `ahead`.
void Internet::send_segments(
    World& world, std::vector<Packet>& segments, std::uint32_t interface, Duration ahead) {
  for (Packet& segment : segments) {
    const CloudPath path = map_.path(segment.source());
    segment.set_ttl(lowered(segment.ttl(), path.return_hops(path.length)));
    const Duration delay = ahead + path.delay_to(path.length);
    world.transmit_after(*this, interface, std::move(segment), delay);
  }
}

void Internet::set_timer(World& world) {
  const auto next = open_.deadline();
  if (next && (!timer_ || *next < *timer_)) {
    timer_ = next;
    world.set_timer(*this, std::max(*next - world.now(), Duration{}), 0);
  }
}

void Internet::expire(World& world, std::uint64_t /*timer*/) {
  timer_.reset();
  std::vector<Packet> segments;
  open_.advance(world.now(), segments);
  send_segments(world, segments, 0, Duration{});
  set_timer(world);
}

}  // namespace synroute::sim
