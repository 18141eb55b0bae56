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
    case DropReason::Overflow: return "too many packets under way";
  }
  return "";
}

NodeId World::add(std::unique_ptr<Node> node) {
  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  node->id_ = id;
  nodes_.push_back({std::move(node), {}});
  return id;
}

void World::connect(
    NodeId left, NodeId right, const LinkSettings& there, const LinkSettings& back) {
  auto& egresses = nodes_[left.value()].egresses;
  auto& opposite = nodes_[right.value()].egresses;
  const auto interface = static_cast<std::uint32_t>(egresses.size());
  const auto peer_interface = static_cast<std::uint32_t>(opposite.size());
  egresses.push_back({right, peer_interface, there, random_.split()});
  opposite.push_back({left, interface, back, random_.split()});
}

void World::send(std::vector<std::uint8_t> bytes) {
  assert(prober_);
  const Node& prober = node(*prober_);
  auto packet = Packet::adopt(std::move(bytes));
  if (!packet || packet->size() != packet->total_length()) {
    return;
  }
  notify(prober, PacketEvent::Sent, std::nullopt, *packet);
  transmit(prober, 0, std::move(*packet));
}

bool World::run(Instant until) {
  while (schedule_.next() && *schedule_.next() <= until) {
    if ((woken_ || !delivered_.empty()) && *schedule_.next() > now_) {
      break;
    }
    now_ = *schedule_.next();
    process(schedule_.take());
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

template <class PacketEventType>
void World::schedule_packet(const Node& from, Instant when, PacketEventType event) {
  if (packets_ == kPacketsMax) {
    ++overflowed_;
    drop(from, DropReason::Overflow, event.packet);
    return;
  }
  ++packets_;
  schedule_.at(when, std::move(event));
}

void World::process(Event event) {
  if (auto* arrival = std::get_if<PacketArrival>(&event)) {
    --packets_;
    node(arrival->node).receive(*this, std::move(arrival->packet), arrival->interface);
  } else if (auto* departure = std::get_if<PacketDeparture>(&event)) {
    --packets_;
    transmit(node(departure->node), departure->interface, std::move(departure->packet));
  } else if (const auto* timer = std::get_if<TimerExpiry>(&event)) {
    node(timer->node).expire(*this, timer->timer);
  } else {
    woken_ = true;
  }
}

void World::transmit(const Node& from, std::uint32_t interface, Packet packet) {
  auto& egresses = nodes_[from.id().value()].egresses;
  if (interface >= egresses.size()) {
    drop(from, DropReason::NoRoute, packet);
    return;
  }
  notify(from, PacketEvent::Forwarded, std::nullopt, packet);
  Egress& egress = egresses[interface];
  if (egress.settings.is_plain()) {
    schedule_packet(
        from,
        now_ + egress.settings.delay,
        PacketArrival{egress.peer, egress.peer_interface, std::move(packet)});
    return;
  }
  if (egress.settings.loss > 0 && egress.random.chance(egress.settings.loss)) {
    drop(from, DropReason::Loss, packet);
    return;
  }
  if (egress.settings.duplicate > 0 && egress.random.chance(egress.settings.duplicate)) {
    enqueue(from, egress, packet);
  }
  enqueue(from, egress, std::move(packet));
}

void World::enqueue(const Node& from, Egress& egress, Packet packet) {
  const LinkSettings& settings = egress.settings;
  Duration delay = settings.delay;
  if (settings.jitter > Duration{}) {
    const auto range = static_cast<std::uint64_t>(settings.jitter.count()) + 1;
    delay += Duration{static_cast<std::int64_t>(egress.random.below(range))};
  }
  if (settings.reorder > 0 && egress.random.chance(settings.reorder)) {
    delay += settings.reorder_by;
  }
  if (settings.corrupt > 0 && egress.random.chance(settings.corrupt)
      && !packet.transport().empty()) {
    const std::size_t at =
        packet.transport_offset() + egress.random.below(packet.transport().size());
    packet.corrupt(at, static_cast<std::uint8_t>(1U << egress.random.below(8)));
  }
  schedule_packet(
      from, now_ + delay, PacketArrival{egress.peer, egress.peer_interface, std::move(packet)});
}

void World::transmit_after(
    const Node& from, std::uint32_t interface, Packet packet, Duration delay) {
  if (delay <= Duration{}) {
    transmit(from, interface, std::move(packet));
    return;
  }
  schedule_packet(from, now_ + delay, PacketDeparture{from.id(), interface, std::move(packet)});
}

void World::set_timer(const Node& node, Duration delay, std::uint64_t timer) {
  schedule_.at(now_ + delay, TimerExpiry{node.id(), timer});
}

void World::drop(const Node& node, DropReason reason, const Packet& packet) {
  notify(node, PacketEvent::Dropped, reason, packet);
}

void World::deliver(const Node& prober, Packet packet) {
  notify(prober, PacketEvent::Delivered, std::nullopt, packet);
  delivered_.push_back({std::move(packet).release(), now_});
}

void World::notify(
    const Node& node, PacketEvent what, std::optional<DropReason> why, const Packet& packet) {
  if (observer_ != nullptr) {
    observer_->on(now_, node.id(), what, why, packet);
  }
}

std::size_t World::mtu(NodeId node, std::uint32_t interface) const {
  return nodes_[node.value()].egresses[interface].settings.mtu;
}

}  // namespace synroute::sim
