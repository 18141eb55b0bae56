// SPDX-License-Identifier: Apache-2.0
#include "engine/flows.hpp"

#include "base/random.hpp"

#include <algorithm>

namespace synroute::engine {

void add_flows(Ledger& ledger, const Settings& settings) {
  // RFC 6437 §2: unpredictable, not zero, 20 bits; one for the whole run, or routers that hash it
  // would see a new flow for every probe.
  const auto label = static_cast<std::uint32_t>(mix(settings.seed ^ 0x6c61)) & 0xfffffU;
  const auto add_flow = [&](Port source_port, Port target_port) {
    ledger.add_flow(
        {.source_port = source_port, .target_port = target_port, .label = std::max(label, 1U)});
  };
  ledger.reserve(settings.target_ports.size() + (settings.target_ports.size() / 4));
  for (const Port port : settings.target_ports) {
    add_flow(settings.source_ports.empty() ? Port{0} : settings.source_ports.front(), port);
  }
  if (settings.target_ports.empty()) {
    for (const Port port : settings.source_ports) {
      add_flow(port, settings.head.target.port);
    }
  }
}

FlowId choose_flow(Ledger& ledger, const Settings& settings, const Ask& ask) {
  if (ask.seen != nullptr) {
    const wire::TcpHeader& header = ask.seen->tcp()->header;
    const auto known = ledger.find_flow(header.source_port, header.destination_port);
    return known ? *known
                 : ledger.add_flow(
                       {.source_port = header.source_port,
                        .target_port = header.destination_port,
                        .label = ask.seen->ip.flow_label});
  }
  if (!settings.one_probe_per_flow || ask.is_proof) {
    return ask.flow;
  }
  const bool is_scan = ask.flow.value() < settings.target_ports.size();
  const Port target_port =
      is_scan ? settings.target_ports[ask.flow.value()] : settings.head.target.port;
  return ledger.add_flow({.source_port = Port{0}, .target_port = target_port});
}

}  // namespace synroute::engine
