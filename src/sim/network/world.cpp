// SPDX-License-Identifier: Apache-2.0
#include "sim/network/world.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::sim {

void Node::expire(World& /*world*/, std::uint64_t /*timer*/) {}

std::string_view describe(DropReason reason) {
  switch (reason) {
    case DropReason::Loss: return "lost";
    case DropReason::Checksum: return "bad checksum";
    case DropReason::TtlExpired: return "TTL expired";
    case DropReason::NoRoute: return "no route";
    case DropReason::TooBig: return "too big";
    case DropReason::Filtered: return "filtered";
    case DropReason::NotForUs: return "not for this host";
    case DropReason::Ignored: return "ignored";
    case DropReason::Malformed: return "malformed";
  }
  return "";
}

NodeId World::add(std::unique_ptr<Node> node, std::string name) {
  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  node->id_ = id;
  nodes_.push_back({std::move(node), std::move(name), {}});
  return id;
}

LinkId World::connect(
    NodeId left, NodeId right, const LinkSettings& there, const LinkSettings& back) {
  auto& outlets = nodes_[left.value()].outlets;
  auto& opposite = nodes_[right.value()].outlets;
  const auto interface = static_cast<std::uint32_t>(outlets.size());
  const auto peer_interface = static_cast<std::uint32_t>(opposite.size());
  outlets.push_back({right, peer_interface, there, random_.split()});
  opposite.push_back({left, interface, back, random_.split()});
  return LinkId{links_++};
}

void World::send(std::vector<std::uint8_t> bytes) {
  assert(prober_);
  const Node& prober = node(*prober_);
  auto packet = Packet::adopt(std::move(bytes));
  if (!packet || packet->size() != packet->total_length()) {
    return;
  }
  tell(prober, Happening::Sent, std::nullopt, *packet);
  transmit(prober, 0, std::move(*packet));
}

bool World::run(Instant until) {
  while (schedule_.next() && *schedule_.next() <= until) {
    if ((woken_ || !delivered_.empty()) && *schedule_.next() > now_) {
      break;
    }
    now_ = *schedule_.next();
    happen(schedule_.take());
  }
  const bool stopped = std::exchange(woken_, false) || !delivered_.empty();
  if (!stopped) {
    now_ = std::max(now_, until);
  }
  return stopped;
}

void World::wake_at(Instant when) {
  schedule_.at(std::max(when, now_), WakeUp{});
}

std::vector<Delivery> World::take_delivered() {
  return std::exchange(delivered_, {});
}

void World::happen(Event event) {
  if (auto* arrival = std::get_if<Arrival>(&event)) {
    node(arrival->node).receive(*this, std::move(arrival->packet), arrival->interface);
  } else if (auto* departure = std::get_if<Departure>(&event)) {
    transmit(node(departure->node), departure->interface, std::move(departure->packet));
  } else if (const auto* timer = std::get_if<Timer>(&event)) {
    node(timer->node).expire(*this, timer->timer);
  } else {
    woken_ = true;
  }
}

void World::transmit(const Node& from, std::uint32_t interface, Packet packet) {
  auto& outlets = nodes_[from.id().value()].outlets;
  if (interface >= outlets.size()) {
    drop(from, DropReason::NoRoute, packet);
    return;
  }
  tell(from, Happening::Forwarded, std::nullopt, packet);
  Outlet& outlet = outlets[interface];
  if (outlet.settings.is_plain()) {
    schedule_.at(
        now_ + outlet.settings.delay,
        Arrival{outlet.peer, outlet.peer_interface, std::move(packet)});
    return;
  }
  if (outlet.settings.loss > 0 && outlet.random.chance(outlet.settings.loss)) {
    drop(from, DropReason::Loss, packet);
    return;
  }
  if (outlet.settings.duplicate > 0 && outlet.random.chance(outlet.settings.duplicate)) {
    put_on(outlet, packet);
  }
  put_on(outlet, std::move(packet));
}

void World::put_on(Outlet& outlet, Packet packet) {
  const LinkSettings& settings = outlet.settings;
  Duration delay = settings.delay;
  if (settings.jitter > Duration{}) {
    const auto range = static_cast<std::uint64_t>(settings.jitter.count()) + 1;
    delay += Duration{static_cast<std::int64_t>(outlet.random.below(range))};
  }
  if (settings.reorder > 0 && outlet.random.chance(settings.reorder)) {
    delay += settings.reorder_by;
  }
  if (settings.corrupt > 0 && outlet.random.chance(settings.corrupt)
      && !packet.transport().empty()) {
    const std::size_t at =
        packet.transport_offset() + outlet.random.below(packet.transport().size());
    packet.corrupt(at, static_cast<std::uint8_t>(1U << outlet.random.below(8)));
  }
  schedule_.at(now_ + delay, Arrival{outlet.peer, outlet.peer_interface, std::move(packet)});
}

void World::transmit_after(
    const Node& from, std::uint32_t interface, Packet packet, Duration delay) {
  if (delay <= Duration{}) {
    transmit(from, interface, std::move(packet));
    return;
  }
  schedule_.at(now_ + delay, Departure{from.id(), interface, std::move(packet)});
}

void World::set_timer(const Node& node, Duration delay, std::uint64_t timer) {
  schedule_.at(now_ + delay, Timer{node.id(), timer});
}

void World::drop(const Node& node, DropReason reason, const Packet& packet) {
  tell(node, Happening::Dropped, reason, packet);
}

void World::deliver(const Node& prober, Packet packet) {
  tell(prober, Happening::Delivered, std::nullopt, packet);
  delivered_.push_back({std::move(packet).release(), now_});
}

void World::tell(
    const Node& node, Happening what, std::optional<DropReason> why, const Packet& packet) {
  if (observer_ != nullptr) {
    observer_->on(now_, node.id(), what, why, packet);
  }
}

std::size_t World::interfaces(NodeId node) const {
  return nodes_[node.value()].outlets.size();
}

NodeId World::neighbour(NodeId node, std::uint32_t interface) const {
  return nodes_[node.value()].outlets[interface].peer;
}

std::size_t World::mtu(NodeId node, std::uint32_t interface) const {
  return nodes_[node.value()].outlets[interface].settings.mtu;
}

const std::string& World::name(NodeId node) const {
  return nodes_[node.value()].name;
}

}  // namespace synroute::sim
