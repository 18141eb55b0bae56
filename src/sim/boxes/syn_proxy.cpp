// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/stack/tcp_connection.hpp"
#include "sim/stack/tcp_writer.hpp"

#include <unordered_map>
#include <utility>

namespace synroute::sim {

namespace {

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
      kBoxTtl,
      0,
      header);
}

void offer_options(const Packet& syn, wire::TcpHeader& header) {
  const bool v4 = syn.family() == Family::V4;
  header.options.maximum_segment_size(static_cast<std::uint16_t>(v4 ? 1460 : 1440));
  header.options.no_operation().no_operation().sack_permitted();
  header.options.no_operation().window_scale(kWindowScale);
}

/// Answers every SYN with a stateless SYN|ACK of window 0, whatever the port's real state, and
/// opens the real connection only after the client has completed the handshake; then it shifts
/// sequence numbers between the two halves (nftables' synproxy). Offers MSS, SACK and window scale,
/// no timestamps.
class SynProxyBox final : public Middlebox {
 public:
  SynProxyBox(PortSet ports, std::uint64_t seed) : ports_{std::move(ports)}, seed_{seed} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  /// One spliced connection, by the client's end.
  struct Splice {
    std::uint32_t client_isn = 0;
    std::uint32_t shift =
        0;              ///< added to the server's sequence numbers to get those sent to the client
    bool open = false;  ///< the server has accepted
  };
  [[nodiscard]] BoxAction from_client(Packet& packet, BoxContext& context);
  [[nodiscard]] BoxAction from_server(Packet& packet, BoxContext& context);
  static void accept(const Packet& answer, const Splice& splice, BoxContext& context);
  [[nodiscard]] std::uint32_t cookie(const ConnectionKey& key, std::uint32_t client_isn) const;

  static constexpr std::size_t kSpliceLimit = 65536;

  PortSet ports_;
  std::uint64_t seed_;
  std::unordered_map<ConnectionKey, Splice, ConnectionKeyHash> splices_;
};

std::uint32_t SynProxyBox::cookie(const ConnectionKey& key, std::uint32_t client_isn) const {
  return static_cast<std::uint32_t>(mix(seed_ ^ key.hash()) + mix(seed_ + client_isn));
}

BoxAction SynProxyBox::forward(Packet& packet, BoxContext& context) {
  if (!packet.has_tcp()) {
    return BoxAction::Pass;
  }
  const bool outbound = context.outbound();
  const std::uint16_t port = outbound ? packet.destination_port() : packet.source_port();
  if (!ports_.contains(port)) {
    return BoxAction::Pass;
  }
  return outbound ? from_client(packet, context) : from_server(packet, context);
}

BoxAction SynProxyBox::from_client(Packet& packet, BoxContext& context) {
  const ConnectionKey key{
      packet.source(), packet.destination(), packet.source_port(), packet.destination_port()};
  const wire::TcpFlags flags = packet.tcp_flags();
  if (flags.has(wire::TcpFlag::Syn)) {
    wire::TcpHeader header = header_like(packet, true);
    header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
    header.sequence = cookie(key, packet.tcp_sequence());
    header.acknowledgement = packet.tcp_sequence() + 1;
    header.window = 0;  // no data until the server has accepted
    offer_options(packet, header);
    context.emitted.push_back(sent(packet, true, header));
    return BoxAction::Drop;
  }
  if (const auto known = splices_.find(key); known != splices_.end()) {
    if (!known->second.open) {
      return BoxAction::Drop;
    }
    if (flags.has(wire::TcpFlag::Ack)) {
      packet.set_long_word(
          packet.transport_offset() + 8, packet.tcp_acknowledgement() - known->second.shift);
    }
    return BoxAction::Pass;
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
    context.emitted.push_back(sent(packet, false, header));
  }
  return BoxAction::Drop;
}

BoxAction SynProxyBox::from_server(Packet& packet, BoxContext& context) {
  const ConnectionKey key{
      packet.destination(), packet.source(), packet.destination_port(), packet.source_port()};
  const auto known = splices_.find(key);
  if (known == splices_.end()) {
    return BoxAction::Pass;
  }
  Splice& splice = known->second;
  const wire::TcpFlags flags = packet.tcp_flags();
  if (flags.has(wire::TcpFlag::Syn)) {
    if (!splice.open) {
      splice.shift = cookie(key, splice.client_isn) - packet.tcp_sequence();
      splice.open = true;
    }
    accept(packet, splice, context);
    return BoxAction::Drop;
  }
  const std::uint32_t next =
      splice.open ? packet.tcp_sequence() + splice.shift : cookie(key, splice.client_isn) + 1;
  packet.set_long_word(packet.transport_offset() + 4, next);
  if (flags.has(wire::TcpFlag::Rst)) {
    splices_.erase(known);
  }
  return BoxAction::Pass;
}

/// The server's SYN|ACK: completes its handshake and opens the client's window.
void SynProxyBox::accept(const Packet& answer, const Splice& splice, BoxContext& context) {
  wire::TcpHeader to_server = header_like(answer, true);
  to_server.flags = wire::TcpFlag::Ack;
  to_server.sequence = splice.client_isn + 1;
  to_server.acknowledgement = answer.tcp_sequence() + 1;
  to_server.window = 64240;
  context.emitted.push_back(sent(answer, true, to_server));

  wire::TcpHeader to_client = header_like(answer, false);
  to_client.flags = wire::TcpFlag::Ack;
  to_client.sequence = answer.tcp_sequence() + 1 + splice.shift;
  to_client.acknowledgement = splice.client_isn + 1;
  to_client.window =
      static_cast<std::uint16_t>(answer.word(answer.transport_offset() + 14) >> kWindowScale);
  context.emitted.push_back(sent(answer, false, to_client));
}

class SynProxySpec final : public BoxSpec {
 public:
  explicit SynProxySpec(PortSet ports) : ports_{std::move(ports)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t seed) const override {
    return std::make_unique<SynProxyBox>(ports_, seed);
  }
  void expect_forward(OracleContext& context) const override {
    if (context.is_probe_to(ports_)) {
      context.stop_with(reply_as_target(model::ReplyKind::SynAck, context.probe));
    }
  }

 private:
  PortSet ports_;
};

}  // namespace

BoxSpecPtr read_syn_proxy(LineWords& words) {
  return std::make_shared<SynProxySpec>(words.ports());
}

}  // namespace synroute::sim
