// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/firewall.hpp"

#include "base/random.hpp"

namespace synroute::sim {

namespace {

bool is_icmp(const Packet& packet) {
  return packet.is(wire::Protocol::Icmp) || packet.is(wire::Protocol::Icmp6);
}

HostSettings proxy_host(const ProxySettings& settings) {
  HostSettings host;
  host.open = settings.ports;
  return host;
}

}  // namespace

Verdict DropBox::forward(Packet& packet, Passage& passage) {
  if (passage.outbound() == settings_.inbound) {
    return Verdict::Pass;
  }
  if (settings_.icmp) {
    return is_icmp(packet) ? Verdict::Drop : Verdict::Pass;
  }
  if (!packet.has_ports()) {
    return Verdict::Pass;
  }
  const std::uint16_t port = settings_.inbound ? packet.source_port() : packet.destination_port();
  return settings_.ports.contains(port) ? Verdict::Drop : Verdict::Pass;
}

Verdict RejectBox::forward(Packet& packet, Passage& passage) {
  if (!passage.outbound() || !packet.has_ports()
      || !settings_.ports.contains(packet.destination_port())) {
    return Verdict::Pass;
  }
  if (settings_.kind == Reject::TcpReset) {
    if (packet.has_tcp() && !packet.tcp_flags().has(wire::TcpFlag::Rst)) {
      passage.emitted.push_back(forged_reset(packet, 64));
    }
    return Verdict::Drop;
  }
  const auto& from = packet.family() == Family::V4 ? home_.v4 : home_.v6;
  if (from && may_report(packet)) {
    const ErrorMeaning meaning = rejection(settings_.kind, packet.family());
    const ErrorStyle style{.initial_ttl = 64};
    passage.emitted.push_back(icmp_error(packet, *from, meaning, style, {}, next_id_++));
  }
  return Verdict::Drop;
}

Verdict ResetBox::forward(Packet& packet, Passage& passage) {
  const bool concerned = passage.outbound() && packet.has_tcp()
                         && packet.tcp_flags().has(wire::TcpFlag::Syn)
                         && settings_.ports.contains(packet.destination_port());
  if (!concerned) {
    return Verdict::Pass;
  }
  for (int copy = 0; copy < settings_.copies; ++copy) {
    passage.emitted.push_back(forged_reset(packet, settings_.ttl));
  }
  return settings_.in_path ? Verdict::Drop : Verdict::Pass;
}

ProxyBox::ProxyBox(const ProxySettings& settings, std::uint64_t seed)
    : ports_{settings.ports}, stack_{proxy_host(settings), seed} {}

Verdict ProxyBox::enter(Packet& packet, Passage& passage) {
  if (!passage.outbound() || !packet.has_tcp() || !ports_.contains(packet.destination_port())) {
    return Verdict::Pass;
  }
  if (transport_checksum_good(packet)) {
    stack_.handle(packet, passage.now, passage.emitted);
  }
  return Verdict::Drop;
}

}  // namespace synroute::sim
