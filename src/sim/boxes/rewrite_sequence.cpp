// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"

#include <functional>

namespace synroute::sim {

namespace {

struct SequenceSettings {
  bool repair_quotes = false;  ///< quotes in ICMP errors are mapped back too
};

/// Adds a secret constant per connection to sequence numbers going out and subtracts it from
/// acknowledgements coming back, as firewalls that randomise initial sequence numbers do.
class SequenceBox final : public Middlebox {
 public:
  SequenceBox(SequenceSettings settings, std::uint64_t seed) : settings_{settings}, seed_{seed} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;
  BoxAction leave(Packet& packet, BoxContext& context) override;

 private:
  [[nodiscard]] std::uint32_t offset(const Packet& packet, bool as_sent) const;
  SequenceSettings settings_;
  std::uint64_t seed_;
};

std::uint32_t SequenceBox::offset(const Packet& packet, bool as_sent) const {
  const std::hash<IpAddress> of;
  const IpAddress near = as_sent ? packet.source() : packet.destination();
  const IpAddress far = as_sent ? packet.destination() : packet.source();
  const std::uint16_t near_port = as_sent ? packet.source_port() : packet.destination_port();
  const std::uint16_t far_port = as_sent ? packet.destination_port() : packet.source_port();
  const std::uint64_t ports = static_cast<std::uint64_t>(near_port) << 16 | far_port;
  return static_cast<std::uint32_t>(mix(mix(seed_ ^ of(near)) ^ of(far) ^ ports));
}

BoxAction SequenceBox::forward(Packet& packet, BoxContext& context) {
  if (packet.has_tcp()) {
    const std::size_t transport = packet.transport_offset();
    if (context.outbound()) {
      packet.set_long_word(transport + 4, packet.tcp_sequence() + offset(packet, true));
    } else if (packet.tcp_flags().has(wire::TcpFlag::Ack)) {
      packet.set_long_word(transport + 8, packet.tcp_acknowledgement() - offset(packet, false));
    }
  }
  return BoxAction::Pass;
}

BoxAction SequenceBox::leave(Packet& packet, BoxContext& context) {
  if (context.outbound() || context.own || !settings_.repair_quotes) {
    return BoxAction::Pass;
  }
  if (auto quote = packet.quote(); quote && quote->has_tcp_start()) {
    quote->set_long_word(
        quote->transport_offset() + 4, quote->tcp_sequence() - offset(*quote, true));
    packet.set_quote(*quote);
  }
  return BoxAction::Pass;
}

}  // namespace

BoxSpecPtr read_sequence_rewriting(LineWords& words) {
  return unobservable_box<SequenceBox>(
      SequenceSettings{.repair_quotes = words.accept("quotes-repaired")});
}

}  // namespace synroute::sim
