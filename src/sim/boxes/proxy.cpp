// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/settings.hpp"
#include "sim/stack/tcp_stack.hpp"

#include <utility>

namespace synroute::sim {

namespace {

HostSettings proxy_host(const PortSet& ports) {
  HostSettings host;
  host.open = ports;
  return host;
}

/// Terminates TCP connections to its ports with the target's address, before the TTL is checked
/// (REDIRECT).
class ProxyBox final : public Middlebox {
 public:
  ProxyBox(const PortSet& ports, std::uint64_t seed)
      : ports_{ports}, stack_{proxy_host(ports), seed} {}
  BoxAction enter(Packet& packet, BoxContext& context) override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return stack_.deadline(); }
  void advance(Instant now, std::vector<Packet>& emitted) override { stack_.advance(now, emitted); }

 private:
  PortSet ports_;
  TcpStack stack_;
};

BoxAction ProxyBox::enter(Packet& packet, BoxContext& context) {
  if (!context.outbound() || !packet.has_tcp() || !ports_.contains(packet.destination_port())) {
    return BoxAction::Pass;
  }
  if (transport_checksum_good(packet)) {
    stack_.handle(packet, context.now, context.emitted);
  }
  return BoxAction::Drop;
}

class ProxySpec final : public BoxSpec {
 public:
  explicit ProxySpec(PortSet ports) : ports_{std::move(ports)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t seed) const override {
    return std::make_unique<ProxyBox>(ports_, seed);
  }
  void expect_enter(OracleContext& context) const override {
    if (context.is_probe_to(ports_)) {
      context.stop_with(reply_as_target(model::ReplyKind::SynAck, context.probe));
    }
  }

 private:
  PortSet ports_;
};

}  // namespace

BoxSpecPtr read_proxy(LineWords& words) {
  return std::make_shared<ProxySpec>(words.ports());
}

}  // namespace synroute::sim
