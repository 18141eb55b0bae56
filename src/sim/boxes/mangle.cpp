// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/mangle.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace synroute::sim {

namespace {

/// One option inside a segment: its kind, where it begins, how long it is.
struct PlacedOption {
  std::uint8_t kind = 0;
  std::size_t at = 0;
  std::size_t size = 0;
};

std::vector<PlacedOption> options_of(const Packet& packet) {
  std::vector<PlacedOption> found;
  const auto bytes = packet.bytes();
  const std::size_t end = packet.transport_offset() + packet.tcp_header_size();
  std::size_t at = packet.transport_offset() + wire::TcpHeader::kSize;
  while (at < end && bytes[at] != 0) {
    if (bytes[at] == 1) {
      ++at;
      continue;
    }
    const std::size_t size = at + 1 < end ? bytes[at + 1] : std::size_t{0};
    if (size < 2 || at + size > end) {
      break;
    }
    found.push_back({bytes[at], at, size});
    at += size;
  }
  return found;
}

bool is_syn(const Packet& packet) {
  return packet.has_tcp() && packet.tcp_flags().has(wire::TcpFlag::Syn);
}

}  // namespace

Verdict IpIdBox::forward(Packet& packet, Passage& passage) {
  if (!passage.outbound()) {
    return Verdict::Pass;
  }
  const std::uint16_t id = packet.id();
  switch (settings_.how) {
    case IpIdSettings::How::Random:
      packet.set_id(static_cast<std::uint16_t>(mix(seed_ + ++count_) & 0xffff));
      break;
    case IpIdSettings::How::Swap:
      packet.set_id(static_cast<std::uint16_t>(id << 8 | id >> 8));
      break;
    case IpIdSettings::How::Zero: packet.set_id(0); break;
  }
  return Verdict::Pass;
}

std::uint32_t SequenceBox::offset(const Packet& packet, bool as_sent) const {
  const std::hash<IpAddress> of;
  const IpAddress near = as_sent ? packet.source() : packet.destination();
  const IpAddress far = as_sent ? packet.destination() : packet.source();
  const std::uint16_t near_port = as_sent ? packet.source_port() : packet.destination_port();
  const std::uint16_t far_port = as_sent ? packet.destination_port() : packet.source_port();
  const std::uint64_t ports = static_cast<std::uint64_t>(near_port) << 16 | far_port;
  return static_cast<std::uint32_t>(mix(mix(seed_ ^ of(near)) ^ of(far) ^ ports));
}

Verdict SequenceBox::forward(Packet& packet, Passage& passage) {
  if (packet.has_tcp()) {
    const std::size_t transport = packet.transport_offset();
    if (passage.outbound()) {
      packet.set_long_word(transport + 4, packet.tcp_sequence() + offset(packet, true));
    } else if (packet.tcp_flags().has(wire::TcpFlag::Ack)) {
      packet.set_long_word(transport + 8, packet.tcp_acknowledgement() - offset(packet, false));
    }
  }
  return Verdict::Pass;
}

Verdict SequenceBox::leave(Packet& packet, Passage& passage) {
  if (passage.outbound() || passage.own || !settings_.repair_quotes) {
    return Verdict::Pass;
  }
  if (auto quote = packet.quote(); quote && quote->has_tcp_start()) {
    quote->set_long_word(
        quote->transport_offset() + 4, quote->tcp_sequence() - offset(*quote, true));
    packet.set_quote(*quote);
  }
  return Verdict::Pass;
}

Verdict MssBox::forward(Packet& packet, Passage& /*passage*/) {
  if (!is_syn(packet)) {
    return Verdict::Pass;
  }
  for (const PlacedOption& option : options_of(packet)) {
    if (option.kind == 2 && option.size == 4 && packet.word(option.at + 2) > settings_.limit) {
      packet.set_word(option.at + 2, settings_.limit);
    }
  }
  return Verdict::Pass;
}

Verdict StripBox::forward(Packet& packet, Passage& passage) {
  if (!packet.has_tcp() || !passage.outbound()) {
    return Verdict::Pass;
  }
  for (const PlacedOption& option : options_of(packet)) {
    const bool wanted = settings_.kinds.empty()
                        || std::ranges::find(settings_.kinds, option.kind) != settings_.kinds.end();
    if (wanted) {
      packet.rewrite(option.at, std::vector<std::uint8_t>(option.size, 1));
    }
  }
  return Verdict::Pass;
}

Verdict TosBox::forward(Packet& packet, Passage& passage) {
  if (passage.outbound()) {
    packet.set_tos(static_cast<std::uint8_t>((packet.tos() & settings_.keep) | settings_.set));
  }
  return Verdict::Pass;
}

Verdict EcnStripBox::forward(Packet& packet, Passage& /*passage*/) {
  if (is_syn(packet)) {
    const std::size_t flags = packet.transport_offset() + 12;
    packet.set_word(flags, static_cast<std::uint16_t>(packet.word(flags) & ~0x00c0U));
  }
  return Verdict::Pass;
}

Verdict TtlBox::enter(Packet& packet, Passage& /*passage*/) {
  const int ttl = settings_.add ? packet.ttl() + settings_.value : settings_.value;
  packet.set_ttl(static_cast<std::uint8_t>(std::clamp(ttl, 1, 255)));
  return Verdict::Pass;
}

}  // namespace synroute::sim
