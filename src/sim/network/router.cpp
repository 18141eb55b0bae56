// SPDX-License-Identifier: Apache-2.0
#include "sim/network/router.hpp"

#include "base/random.hpp"
#include "sim/stack/fragments.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

namespace {

/// Timers from here on are of neighbours, by interface.
constexpr std::uint64_t kNeighbourTimer = 1;

/// For its own addresses a router answers like a host without open ports.
HostSettings own_host(const RouterSettings& settings) {
  HostSettings host;
  host.initial_ttl = settings.error.initial_ttl;
  host.error = settings.error;
  host.answers_echo = !settings.silent;
  host.limit = settings.limit;
  return host;
}

BoxAddresses first_addresses(const std::vector<IpAddress>& addresses) {
  BoxAddresses first;
  for (const IpAddress& address : addresses) {
    auto& of_family = address.family() == Family::V4 ? first.v4 : first.v6;
    if (!of_family) {
      of_family = address;
    }
  }
  return first;
}

}  // namespace

Router::Router(RouterSettings settings, std::vector<IpAddress> addresses, std::uint64_t seed)
    : settings_{std::move(settings)},
      addresses_{std::move(addresses)},
      balancer_{settings_.balance, mix(seed)},
      stack_{own_host(settings_), mix(seed + 1)},
      limiter_{settings_.limit},
      next_id_{static_cast<std::uint16_t>(mix(seed + 2) & 0xffff)} {
  std::uint64_t box_seed = mix(seed + 3);
  for (const auto& box : settings_.boxes) {
    boxes_.push_back(box->make_box(first_addresses(addresses_), box_seed));
    box_seed = mix(box_seed);
  }
}

void Router::set_interfaces(std::vector<InterfaceSettings> interfaces) {
  interfaces_ = std::move(interfaces);
}

bool Router::is_own(const IpAddress& address) const {
  const auto has = [&](const InterfaceSettings& interface) {
    return interface.v4 == address || interface.v6 == address;
  };
  return std::ranges::find(addresses_, address) != addresses_.end()
         || std::ranges::any_of(interfaces_, has);
}

std::optional<IpAddress> Router::own_address(Family family) const {
  const auto found = std::ranges::find(addresses_, family, &IpAddress::family);
  return found == addresses_.end() ? std::nullopt : std::optional{*found};
}

BoxAction Router::pass_boxes(World& world, Hook hook, Packet& packet, BoxContext context) {
  const std::size_t count = boxes_.size();
  for (std::size_t step = 0; step < count; ++step) {
    Middlebox& box = *boxes_[context.outbound() ? step : count - 1 - step];
    BoxAction action = BoxAction::Pass;
    switch (hook) {
      case Hook::Enter: action = box.enter(packet, context); break;
      case Hook::Forward: action = box.forward(packet, context); break;
      case Hook::Leave: action = box.leave(packet, context); break;
    }
    if (action == BoxAction::Drop) {
      if (context.emitted.empty()) {
        world.drop(*this, DropReason::Filtered, packet);
      }
      return action;
    }
  }
  return BoxAction::Pass;
}

void Router::receive(World& world, Packet packet, std::uint32_t interface) {
  if (!packet.header_checksum_good()) {
    world.drop(*this, DropReason::Checksum, packet);
    return;
  }
  if (packet.labels.empty()) {
    arrive(world, std::move(packet), interface);
  } else {
    switch_label(world, std::move(packet), interface);
  }
}

void Router::switch_label(World& world, Packet packet, std::uint32_t interface) {
  wire::MplsLabel& top = packet.labels.front();
  const LabelSwitch* entry = labels_.find(top.label);
  if (entry == nullptr) {
    world.drop(*this, DropReason::NoRoute, packet);
    return;
  }
  if (entry->ends_here) {
    // The label is kept for the ICMP error in case the IP TTL expires here.
    packet.set_ttl(std::min(packet.ttl(), top.ttl));
    arrive(world, std::move(packet), interface);
    return;
  }
  if (top.ttl <= 1) {
    report(world, packet, time_exceeded(packet.family()), interface);
    return;
  }
  --top.ttl;
  if (entry->out_label) {
    top.label = *entry->out_label;
  } else {
    pop_label(packet);
  }
  world.transmit(*this, entry->out, std::move(packet));
}

void Router::arrive(World& world, Packet packet, std::uint32_t interface) {
  std::vector<Packet> emitted;
  const Direction direction =
      interfaces_[interface].inside ? Direction::Outbound : Direction::Inbound;
  if (!boxes_.empty()
      && pass_boxes(world, Hook::Enter, packet, {direction, world.now(), false, emitted})
             == BoxAction::Drop) {
    originate_all(world, emitted);
    set_timers(world);
    return;
  }
  if (is_own(packet.destination())) {
    stack_.handle(packet, world.now(), emitted);
    if (emitted.empty()) {
      world.drop(*this, DropReason::Ignored, packet);
    }
    originate_all(world, emitted);
    return;
  }
  originate_all(world, emitted);
  forward(world, std::move(packet), interface);
}

void Router::forward(World& world, Packet packet, std::uint32_t interface) {
  const std::uint8_t least = settings_.forwards_zero_ttl ? 0 : 1;
  if (!settings_.keeps_ttl && packet.ttl() <= least) {
    report(world, packet, time_exceeded(packet.family()), interface);
    return;
  }
  const NextHops* hops = routes_.find(packet.destination());
  if (hops == nullptr) {
    report(world, packet, no_route(packet.family()), interface);
    return;
  }
  const std::uint32_t out = balancer_.choose(*hops, packet);
  const std::size_t mtu = world.mtu(id(), out);
  if (packet.size() > mtu && packet.dont_fragment()) {
    report(world, packet, too_big(packet.family(), mtu), interface);
    return;
  }
  if (!settings_.keeps_ttl) {
    packet.set_ttl(static_cast<std::uint8_t>(packet.ttl() - 1));
  }
  if (!boxes_.empty()) {
    std::vector<Packet> emitted;
    const Direction direction =
        interfaces_[interface].inside ? Direction::Outbound : Direction::Inbound;
    const BoxContext context{direction, world.now(), false, emitted};
    const bool passed = pass_boxes(world, Hook::Forward, packet, context) == BoxAction::Pass
                        && pass_boxes(world, Hook::Leave, packet, context) == BoxAction::Pass;
    originate_all(world, emitted);
    if (!passed) {
      return;
    }
  }
  if (interfaces_[out].neighbour_down) {
    hold(world, std::move(packet), interface, out);
  } else {
    send_out(world, std::move(packet), out);
  }
}

void Router::hold(World& world, Packet packet, std::uint32_t interface, std::uint32_t out) {
  if (std::ranges::find(held_, out, &Held::out) == held_.end()) {
    world.set_timer(*this, kNeighbourTimeout, kNeighbourTimer + out);
  }
  held_.push_back({.packet = std::move(packet), .interface = interface, .out = out});
}

void Router::give_up_neighbour(World& world, std::uint32_t out) {
  std::vector<Held> held = std::exchange(held_, {});
  for (Held& each : held) {
    if (each.out == out) {
      report(world, each.packet, rejection(Reject::Host, each.packet.family()), each.interface);
    } else {
      held_.push_back(std::move(each));
    }
  }
}

void Router::send_out(World& world, Packet packet, std::uint32_t out, Duration delay) {
  packet.labels.clear();
  labels_.push(packet, out);
  const std::size_t mtu = world.mtu(id(), out);
  if (packet.size() <= mtu || packet.dont_fragment()) {
    world.transmit_after(*this, out, std::move(packet), delay);
    return;
  }
  for (Packet& piece : fragment(packet, mtu)) {
    world.transmit_after(*this, out, std::move(piece), delay);
  }
}

void Router::report(
    World& world, const Packet& about, ErrorMeaning meaning, std::uint32_t interface) {
  const Family family = about.family();
  const auto reason = [&] {
    if (meaning.mtu != 0) {
      return DropReason::TooBig;
    }
    return meaning.type == time_exceeded(family).type ? DropReason::TtlExpired
                                                      : DropReason::NoRoute;
  }();
  world.drop(*this, reason, about);
  const auto source = reply_source(about, interface);
  const bool willing = !settings_.silent && source && may_report(about)
                       && (settings_.answers >= 1 || world.random().chance(settings_.answers));
  if (!willing || !limiter_.allow(world.now(), about.source(), reason == DropReason::TtlExpired)) {
    return;
  }
  Packet error = icmp_error(
      about, *source, meaning, settings_.error, extensions(world, about, interface), next_id_++);
  const LabelSwitch* entry =
      about.labels.empty() ? nullptr : labels_.find(about.labels.front().label);
  if (entry != nullptr && !entry->ends_here) {
    // A label switching router may have no route back: the error follows the tunnel to its end.
    if (entry->out_label) {
      error.labels.assign(
          1, {.label = *entry->out_label, .traffic_class = 0, .bottom = true, .ttl = 255});
    }
    world.transmit_after(*this, entry->out, std::move(error), report_delay(world));
    return;
  }
  originate(world, std::move(error), report_delay(world));
}

std::optional<IpAddress> Router::reply_source(const Packet& about, std::uint32_t interface) const {
  const Family family = about.family();
  std::optional<IpAddress> chosen;
  if (settings_.reply_from == ReplySource::Incoming) {
    chosen = interfaces_[interface].address(family);
  } else if (settings_.reply_from == ReplySource::Outgoing) {
    if (const NextHops* hops = routes_.find(about.source())) {
      chosen = interfaces_[hops->front().interface].address(family);
    }
  }
  return chosen ? chosen : own_address(family);
}

wire::Extensions Router::extensions(
    const World& world, const Packet& about, std::uint32_t interface) const {
  wire::Extensions shown;
  if (settings_.error.extension == ExtensionLength::None) {
    return shown;
  }
  shown.mpls = about.labels.empty() ? settings_.labels : about.labels;
  if (settings_.interface_info) {
    shown.interfaces.push_back(
        {.role = wire::InterfaceInfo::Role::IncomingIp,
         .index = interface + 1,
         .address = interfaces_[interface].address(about.family()),
         .name = "eth" + std::to_string(interface),
         .mtu = static_cast<std::uint32_t>(world.mtu(id(), interface))});
  }
  return shown;
}

Duration Router::report_delay(World& world) const {
  const Duration spread = settings_.slow_most - settings_.slow_least;
  if (spread <= Duration{}) {
    return settings_.slow_least;
  }
  const auto extra = world.random().below(static_cast<std::uint64_t>(spread.count()) + 1);
  return settings_.slow_least + Duration{static_cast<std::int64_t>(extra)};
}

void Router::originate(World& world, Packet packet, Duration delay) {
  const NextHops* hops = routes_.find(packet.destination());
  if (hops == nullptr) {
    world.drop(*this, DropReason::NoRoute, packet);
    return;
  }
  const std::uint32_t out = balancer_.choose(*hops, packet);
  std::vector<Packet> emitted;
  const Direction direction = interfaces_[out].inside ? Direction::Inbound : Direction::Outbound;
  if (!boxes_.empty()
      && pass_boxes(world, Hook::Leave, packet, {direction, world.now(), true, emitted})
             == BoxAction::Drop) {
    return;
  }
  send_out(world, std::move(packet), out, delay);
}

void Router::originate_all(World& world, std::vector<Packet>& packets) {
  for (Packet& packet : packets) {
    originate(world, std::move(packet));
  }
  packets.clear();
}

void Router::set_timers(World& world) {
  std::optional<Instant> next = stack_.deadline();
  for (const auto& box : boxes_) {
    next = earliest(next, box->deadline());
  }
  if (next && (!timer_ || *next < *timer_)) {
    timer_ = next;
    world.set_timer(*this, *next - world.now(), 0);
  }
}

void Router::expire(World& world, std::uint64_t timer) {
  if (timer >= kNeighbourTimer) {
    give_up_neighbour(world, static_cast<std::uint32_t>(timer - kNeighbourTimer));
    return;
  }
  timer_.reset();
  std::vector<Packet> emitted;
  stack_.advance(world.now(), emitted);
  for (const auto& box : boxes_) {
    box->advance(world.now(), emitted);
  }
  originate_all(world, emitted);
  set_timers(world);
}

}  // namespace synroute::sim
