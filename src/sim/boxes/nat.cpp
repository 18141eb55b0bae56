// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/nat.hpp"

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

const NatBox::Connection* SourceNatBox::connection_for(const NatTuple& original) {
  if (const Connection* known = by_original(original)) {
    return known;
  }
  NatTuple translated = original;
  translated.source = settings_.address;
  std::uint64_t draw = mix(seed_ ^ original.source_port ^ std::hash<IpAddress>{}(original.source));
  const bool echo = original.protocol == static_cast<std::uint8_t>(wire::Protocol::Icmp)
                    || original.protocol == static_cast<std::uint8_t>(wire::Protocol::Icmp6);
  for (bool fresh = !settings_.keep_ports; fresh || is_taken(translated); fresh = false) {
    translated.source_port = static_cast<std::uint16_t>(1024 + ((draw & 0xffff) % 64512));
    if (echo) {
      translated.destination_port = translated.source_port;
    }
    draw = mix(draw);
  }
  return remember(original, translated);
}

Verdict SourceNatBox::leave(Packet& packet, Passage& passage) {
  if (!passage.outbound() || passage.own || packet.family() != settings_.address.family()) {
    return Verdict::Pass;
  }
  const auto tuple = nat_tuple(packet);
  if (!tuple) {
    packet.set_source(settings_.address);
    return Verdict::Pass;
  }
  const Connection* connection = connection_for(*tuple);
  if (connection == nullptr) {
    return Verdict::Drop;
  }
  translate(packet, connection->original, connection->translated);
  return Verdict::Pass;
}

Verdict SourceNatBox::enter(Packet& packet, Passage& passage) {
  if (passage.outbound() || packet.destination() != settings_.address) {
    return Verdict::Pass;
  }
  if (const auto quote = packet.quote()) {
    enter_error(packet, *quote);
    return Verdict::Pass;
  }
  const auto tuple = nat_tuple(packet);
  const Connection* connection = tuple ? by_translated(tuple->reversed()) : nullptr;
  if (connection != nullptr) {
    translate(packet, *tuple, connection->original.reversed());
  }
  return Verdict::Pass;
}

void SourceNatBox::enter_error(Packet& packet, const Packet& quote) {
  const auto tuple = nat_tuple(quote);
  const Connection* connection = tuple ? by_translated(*tuple) : nullptr;
  if (connection == nullptr) {
    return;
  }
  NatTuple shown = connection->original;
  if (settings_.repair != QuoteRepair::Full) {
    shown.source = connection->translated.source;
  }
  if (settings_.repair == QuoteRepair::Left) {
    shown.source_port = connection->translated.source_port;
  }
  Packet repaired = quote;
  translate(repaired, *tuple, shown);
  packet.set_quote(repaired);
  packet.set_destination(connection->original.source);
}

Verdict DestinationNatBox::enter(Packet& packet, Passage& passage) {
  if (!passage.outbound() || packet.destination() != settings_.from) {
    return Verdict::Pass;
  }
  const auto tuple = nat_tuple(packet);
  if (!tuple || (settings_.from_port && settings_.from_port->value() != tuple->destination_port)) {
    return Verdict::Pass;
  }
  NatTuple translated = *tuple;
  translated.destination = settings_.to;
  if (settings_.to_port) {
    translated.destination_port = settings_.to_port->value();
  }
  if (by_original(*tuple) == nullptr && remember(*tuple, translated) == nullptr) {
    return Verdict::Drop;
  }
  translate(packet, *tuple, translated);
  return Verdict::Pass;
}

Verdict DestinationNatBox::leave(Packet& packet, Passage& passage) {
  if (passage.outbound()) {
    return Verdict::Pass;
  }
  if (auto quote = packet.quote()) {
    const auto tuple = nat_tuple(*quote);
    if (const Connection* connection = tuple ? by_translated(*tuple) : nullptr) {
      translate(*quote, *tuple, connection->original);
      packet.set_quote(*quote);
      packet.set_source(settings_.from);
    }
    return Verdict::Pass;
  }
  const auto tuple = nat_tuple(packet);
  const Connection* connection = tuple ? by_translated(tuple->reversed()) : nullptr;
  if (connection != nullptr) {
    translate(packet, *tuple, connection->original.reversed());
  }
  return Verdict::Pass;
}

}  // namespace synroute::sim
