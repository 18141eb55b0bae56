// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/nat_box.hpp"

#include "base/random.hpp"

#include <functional>

namespace synroute::sim {

namespace {

/// Where echo messages keep their identifier.
constexpr std::size_t kEchoId = 4;

bool is_echo(const Packet& packet) {
  if (packet.fragment_offset() != 0 || packet.transport().size() < 8) {
    return false;
  }
  const std::uint8_t type = packet.transport()[0];
  return packet.is(wire::Protocol::Icmp)
             ? type == 0 || type == 8
             : packet.is(wire::Protocol::Icmp6) && (type == 128 || type == 129);
}

}  // namespace

std::optional<NatTuple> nat_tuple(const Packet& packet) {
  NatTuple tuple{packet.source(), packet.destination(), 0, 0, packet.protocol()};
  if (packet.has_ports()) {
    tuple.source_port = packet.source_port();
    tuple.destination_port = packet.destination_port();
    return tuple;
  }
  if (is_echo(packet)) {
    tuple.source_port = tuple.destination_port = packet.word(packet.transport_offset() + kEchoId);
    return tuple;
  }
  return std::nullopt;
}

std::size_t NatBox::Hash::operator()(const NatTuple& tuple) const noexcept {
  const std::hash<IpAddress> of;
  const std::uint64_t ports =
      static_cast<std::uint64_t>(tuple.source_port) << 16 | tuple.destination_port;
  return mix(mix(of(tuple.source)) ^ of(tuple.destination) ^ (ports << 8 | tuple.protocol));
}

const NatBox::Connection* NatBox::remember(const NatTuple& original, const NatTuple& translated) {
  if (by_original_.size() >= kTableLimit) {
    return nullptr;
  }
  originals_.emplace(translated, original);
  return &by_original_.emplace(original, Connection{original, translated}).first->second;
}

const NatBox::Connection* NatBox::by_original(const NatTuple& tuple) const {
  const auto found = by_original_.find(tuple);
  return found == by_original_.end() ? nullptr : &found->second;
}

const NatBox::Connection* NatBox::by_translated(const NatTuple& tuple) const {
  const auto found = originals_.find(tuple);
  return found == originals_.end() ? nullptr : by_original(found->second);
}

bool NatBox::is_taken(const NatTuple& translated) const {
  return originals_.contains(translated);
}

void NatBox::translate(Packet& packet, const NatTuple& from, const NatTuple& to) {
  if (from.source != to.source) {
    packet.set_source(to.source);
  }
  if (from.destination != to.destination) {
    packet.set_destination(to.destination);
  }
  if (is_echo(packet)) {
    if (from.source_port != to.source_port) {
      packet.set_word(packet.transport_offset() + kEchoId, to.source_port);
    }
    return;
  }
  if (from.source_port != to.source_port) {
    packet.set_source_port(to.source_port);
  }
  if (from.destination_port != to.destination_port) {
    packet.set_destination_port(to.destination_port);
  }
}

}  // namespace synroute::sim
