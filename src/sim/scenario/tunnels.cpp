// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/tunnels.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

namespace {

/// One direction of a tunnel: `nodes` from where packets enter to where they leave.
void add_tunnel(
    const Scenario& scenario,
    const Topology& topology,
    const std::vector<std::size_t>& nodes,
    TunnelKind kind,
    std::uint32_t label,
    std::vector<LabelTable>& tables) {
  const std::size_t last = nodes.size() - 1;
  const bool far_end_pops = kind == TunnelKind::Opaque;
  const auto label_to = [&](std::size_t hop) { return label + static_cast<std::uint32_t>(hop); };
  const auto towards = [&](std::size_t hop) {
    return topology.interface_to(nodes[hop], nodes[hop + 1]);
  };

  LabelPush push{.out = towards(0), .label = label_to(1)};
  push.propagates_ttl = kind == TunnelKind::Explicit || kind == TunnelKind::Implicit;
  const auto from_start = topology.distances(nodes.front());
  const auto from_end = topology.distances(nodes.back());
  for (const OwnedAddress& owned : owned_addresses(scenario)) {
    const bool inside = std::ranges::find(nodes, owned.node) != nodes.end();
    if (!inside && from_start[owned.node] == from_end[owned.node] + last) {
      push.labelled.insert(owned.address);
    }
  }
  tables[nodes.front()].pushes.push_back(std::move(push));
  for (std::size_t hop = 1; hop < last; ++hop) {
    LabelSwitch entry{.label = label_to(hop), .out = towards(hop)};
    if (hop + 1 < last || far_end_pops) {
      entry.out_label = label_to(hop + 1);
    }
    tables[nodes[hop]].switches.push_back(entry);
  }
  if (far_end_pops) {
    tables[nodes.back()].switches.push_back({.label = label_to(last), .ends_here = true});
  }
}

}  // namespace

std::vector<LabelTable> label_tables(const Scenario& scenario, const Topology& topology) {
  constexpr std::uint32_t kWayBack = 500;
  std::vector<LabelTable> tables(scenario.nodes.size());
  for (const TunnelSpec& tunnel : scenario.tunnels) {
    std::vector<std::size_t> nodes = tunnel.nodes;
    add_tunnel(scenario, topology, nodes, tunnel.kind, tunnel.label, tables);
    std::ranges::reverse(nodes);
    add_tunnel(scenario, topology, nodes, tunnel.kind, tunnel.label + kWayBack, tables);
  }
  return tables;
}

RouterSettings router_settings(const Scenario& scenario, std::size_t node) {
  RouterSettings settings = scenario.nodes[node].router;
  for (const TunnelSpec& tunnel : scenario.tunnels) {
    const bool shows = tunnel.kind == TunnelKind::Explicit || tunnel.kind == TunnelKind::Opaque;
    const bool member = std::ranges::find(tunnel.nodes, node) != tunnel.nodes.end();
    if (shows && member && settings.error.extension == ExtensionLength::None) {
      settings.error.extension = ExtensionLength::Right;
    }
  }
  return settings;
}

}  // namespace synroute::sim
