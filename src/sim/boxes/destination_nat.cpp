// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/boxes/nat_box.hpp"
#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

#include <algorithm>

namespace synroute::sim {

namespace {

struct DestinationNatSettings {
  IpAddress from;
  std::optional<Port> from_port;
  IpAddress to;
  std::optional<Port> to_port;
};

/// Translates the address the prober knows into that of the host that answers. As with Linux, ICMP
/// errors of the box and of every router behind it leave with the outer address as their source.
class DestinationNatBox final : public NatBox {
 public:
  explicit DestinationNatBox(DestinationNatSettings settings) : settings_{settings} {}
  BoxAction enter(Packet& packet, BoxContext& context) override;
  BoxAction leave(Packet& packet, BoxContext& context) override;

 private:
  DestinationNatSettings settings_;
};

BoxAction DestinationNatBox::enter(Packet& packet, BoxContext& context) {
  if (!context.outbound() || packet.destination() != settings_.from) {
    return BoxAction::Pass;
  }
  const auto tuple = nat_tuple(packet);
  if (!tuple || (settings_.from_port && settings_.from_port->value() != tuple->destination_port)) {
    return BoxAction::Pass;
  }
  NatTuple translated = *tuple;
  translated.destination = settings_.to;
  if (settings_.to_port) {
    translated.destination_port = settings_.to_port->value();
  }
  if (by_original(*tuple) == nullptr && remember(*tuple, translated) == nullptr) {
    return BoxAction::Drop;
  }
  translate(packet, *tuple, translated);
  return BoxAction::Pass;
}

BoxAction DestinationNatBox::leave(Packet& packet, BoxContext& context) {
  if (context.outbound()) {
    return BoxAction::Pass;
  }
  if (auto quote = packet.quote()) {
    const auto tuple = nat_tuple(*quote);
    if (const Connection* connection = tuple ? by_translated(*tuple) : nullptr) {
      translate(*quote, *tuple, connection->original);
      packet.set_quote(*quote);
      packet.set_source(settings_.from);
    }
    return BoxAction::Pass;
  }
  const auto tuple = nat_tuple(packet);
  const Connection* connection = tuple ? by_translated(tuple->reversed()) : nullptr;
  if (connection != nullptr) {
    translate(packet, *tuple, connection->original.reversed());
  }
  return BoxAction::Pass;
}

class DestinationNatSpec final : public BoxSpec {
 public:
  explicit DestinationNatSpec(DestinationNatSettings settings) : settings_{settings} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t /*seed*/) const override {
    return std::make_unique<DestinationNatBox>(settings_);
  }
  void expect_enter(OracleContext& context) const override;
  void expect_leave(OracleContext& context) const override;
  [[nodiscard]] std::optional<IpAddress> outer_address() const override { return settings_.from; }

 private:
  DestinationNatSettings settings_;
};

void DestinationNatSpec::expect_enter(OracleContext& context) const {
  OracleProbe& probe = context.probe;
  if (context.is_probe() && probe.destination == settings_.from
      && (!settings_.from_port || settings_.from_port->value() == probe.port)) {
    probe.translations.push_back({probe.node, false, settings_.from, settings_.to});
    probe.destination = settings_.to;
    probe.port = settings_.to_port ? settings_.to_port->value() : probe.port;
  }
}

void DestinationNatSpec::expect_leave(OracleContext& context) const {
  OracleProbe& probe = context.probe;
  if (!context.is_reply()) {
    return;
  }
  const auto undone = std::ranges::find_if(probe.translations, [&](const Translation& done) {
    return !done.of_source && done.node == probe.node && done.outer == settings_.from;
  });
  if (undone != probe.translations.end()) {
    probe.answer->from = undone->outer;
    probe.translations.erase(undone);
  }
}

std::optional<Port> read_optional_port(LineWords& words) {
  if (!words.accept("port")) {
    return std::nullopt;
  }
  return Port{number<std::uint16_t>(words, "a port", 1)};
}

}  // namespace

BoxSpecPtr read_destination_nat(LineWords& words) {
  DestinationNatSettings nat;
  nat.from = words.address();
  nat.from_port = read_optional_port(words);
  if (!words.accept("to")) {
    words.fail("write 'dnat ADDRESS [port N] to ADDRESS [port N]'");
  }
  nat.to = words.address();
  nat.to_port = read_optional_port(words);
  if (nat.from.family() != nat.to.family()) {
    words.fail("dnat needs two addresses of the same family");
  }
  return std::make_shared<DestinationNatSpec>(nat);
}

}  // namespace synroute::sim
