// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"

#include <utility>

namespace synroute::sim {

namespace {

struct DropSettings {
  PortSet ports;         ///< TCP and UDP packets to these ports; without `icmp`
  bool icmp = false;     ///< all ICMP instead
  bool inbound = false;  ///< packets to the prober, by their source port
};

/// Drops without an answer.
class DropBox final : public Middlebox {
 public:
  explicit DropBox(DropSettings settings) : settings_{std::move(settings)} {}
  BoxAction forward(Packet& packet, BoxContext& context) override {
    return context.outbound() != settings_.inbound && matches(packet) ? BoxAction::Drop
                                                                      : BoxAction::Pass;
  }

 private:
  [[nodiscard]] bool matches(const Packet& packet) const {
    if (settings_.icmp) {
      return packet.is(wire::Protocol::Icmp) || packet.is(wire::Protocol::Icmp6);
    }
    const auto port = [&] {
      return settings_.inbound ? packet.source_port() : packet.destination_port();
    };
    return packet.has_ports() && settings_.ports.contains(port());
  }

  DropSettings settings_;
};

class DropSpec final : public BoxSpec {
 public:
  explicit DropSpec(DropSettings settings) : settings_{std::move(settings)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t /*seed*/) const override {
    return std::make_unique<DropBox>(settings_);
  }
  void expect_forward(OracleContext& context) const override {
    const OracleProbe& probe = context.probe;
    const bool is_icmp = probe.answer && probe.answer->is_icmp();
    const bool matches =
        settings_.icmp ? is_icmp : !is_icmp && settings_.ports.contains(probe.port);
    if (matches && settings_.inbound == !context.outbound) {
      context.drop();
    }
  }

 private:
  DropSettings settings_;
};

}  // namespace

BoxSpecPtr read_drop(LineWords& words) {
  DropSettings drop;
  drop.inbound = words.accept("inbound");
  drop.icmp = words.accept("icmp");
  if (!drop.icmp) {
    drop.ports = words.ports();
  }
  return std::make_shared<DropSpec>(std::move(drop));
}

}  // namespace synroute::sim
