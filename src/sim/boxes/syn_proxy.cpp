// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/syn_proxy.hpp"

#include "base/random.hpp"
#include "sim/stack/tcp_writer.hpp"

namespace synroute::sim {

namespace {

constexpr std::uint8_t kTtl = 64;
constexpr std::uint8_t kWindowScale = 7;

/// A header from one end of `packet` to the other, or back.
wire::TcpHeader header_like(const Packet& packet, bool back) {
  wire::TcpHeader header;
  header.source_port = Port{back ? packet.destination_port() : packet.source_port()};
  header.destination_port = Port{back ? packet.source_port() : packet.destination_port()};
  return header;
}

Packet sent(const Packet& like, bool back, const wire::TcpHeader& header) {
  return tcp_packet(
      back ? like.destination() : like.source(),
      back ? like.source() : like.destination(),
      kTtl,
      0,
      header);
}

void offer_options(const Packet& syn, wire::TcpHeader& header) {
  const bool v4 = syn.family() == Family::V4;
  header.options.maximum_segment_size(static_cast<std::uint16_t>(v4 ? 1460 : 1440));
  header.options.no_operation().no_operation().sack_permitted();
  header.options.no_operation().window_scale(kWindowScale);
}

}  // namespace

std::uint32_t SynProxyBox::cookie(const ConnectionKey& key, std::uint32_t client_isn) const {
  return static_cast<std::uint32_t>(mix(seed_ ^ key.hash()) + mix(seed_ + client_isn));
}

Verdict SynProxyBox::forward(Packet& packet, Passage& passage) {
  if (!packet.has_tcp()) {
    return Verdict::Pass;
  }
  const bool outbound = passage.outbound();
  const std::uint16_t port = outbound ? packet.destination_port() : packet.source_port();
  if (!settings_.ports.contains(port)) {
    return Verdict::Pass;
  }
  return outbound ? from_client(packet, passage) : from_server(packet, passage);
}

Verdict SynProxyBox::from_client(Packet& packet, Passage& passage) {
  const ConnectionKey key{
      packet.source(), packet.destination(), packet.source_port(), packet.destination_port()};
  const wire::TcpFlags flags = packet.tcp_flags();
  if (flags.has(wire::TcpFlag::Syn)) {
    wire::TcpHeader header = header_like(packet, true);
    header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
    header.sequence = cookie(key, packet.tcp_sequence());
    header.acknowledgement = packet.tcp_sequence() + 1;
    header.window = 0;  // no data until the server has agreed
    offer_options(packet, header);
    passage.emitted.push_back(sent(packet, true, header));
    return Verdict::Drop;
  }
  if (const auto known = splices_.find(key); known != splices_.end()) {
    if (!known->second.open) {
      return Verdict::Drop;
    }
    if (flags.has(wire::TcpFlag::Ack)) {
      packet.set_long_word(
          packet.transport_offset() + 8, packet.tcp_acknowledgement() - known->second.shift);
    }
    return Verdict::Pass;
  }
  const std::uint32_t client_isn = packet.tcp_sequence() - 1;
  const bool completes = flags.has(wire::TcpFlag::Ack) && !flags.has(wire::TcpFlag::Rst)
                         && packet.tcp_acknowledgement() - 1 == cookie(key, client_isn);
  if (completes && splices_.size() < kSpliceLimit) {
    splices_.emplace(key, Splice{.client_isn = client_isn});
    wire::TcpHeader header = header_like(packet, false);
    header.flags = wire::TcpFlag::Syn;
    header.sequence = client_isn;
    header.window = packet.word(packet.transport_offset() + 14);
    offer_options(packet, header);
    passage.emitted.push_back(sent(packet, false, header));
  }
  return Verdict::Drop;
}

Verdict SynProxyBox::from_server(Packet& packet, Passage& passage) {
  const ConnectionKey key{
      packet.destination(), packet.source(), packet.destination_port(), packet.source_port()};
  const auto known = splices_.find(key);
  if (known == splices_.end()) {
    return Verdict::Pass;
  }
  Splice& splice = known->second;
  const wire::TcpFlags flags = packet.tcp_flags();
  if (flags.has(wire::TcpFlag::Syn)) {
    if (!splice.open) {
      splice.shift = cookie(key, splice.client_isn) - packet.tcp_sequence();
      splice.open = true;
    }
    accept(packet, splice, passage);
    return Verdict::Drop;
  }
  const std::uint32_t next =
      splice.open ? packet.tcp_sequence() + splice.shift : cookie(key, splice.client_isn) + 1;
  packet.set_long_word(packet.transport_offset() + 4, next);
  if (flags.has(wire::TcpFlag::Rst)) {
    splices_.erase(known);
  }
  return Verdict::Pass;
}

/// The server's SYN|ACK: completes its handshake and opens the client's window.
void SynProxyBox::accept(const Packet& answer, const Splice& splice, Passage& passage) {
  wire::TcpHeader to_server = header_like(answer, true);
  to_server.flags = wire::TcpFlag::Ack;
  to_server.sequence = splice.client_isn + 1;
  to_server.acknowledgement = answer.tcp_sequence() + 1;
  to_server.window = 64240;
  passage.emitted.push_back(sent(answer, true, to_server));

  wire::TcpHeader to_client = header_like(answer, false);
  to_client.flags = wire::TcpFlag::Ack;
  to_client.sequence = answer.tcp_sequence() + 1 + splice.shift;
  to_client.acknowledgement = splice.client_isn + 1;
  to_client.window =
      static_cast<std::uint16_t>(answer.word(answer.transport_offset() + 14) >> kWindowScale);
  passage.emitted.push_back(sent(answer, false, to_client));
}

}  // namespace synroute::sim
