// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/host.hpp"
#include "sim/router.hpp"
#include "sim/scenario.hpp"
#include "sim/topology.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

namespace {

std::vector<InterfaceSettings> interfaces_of(
    const Scenario& scenario,
    const Topology& topology,
    const std::vector<std::size_t>& from_prober,
    std::size_t node) {
  std::vector<InterfaceSettings> interfaces;
  for (const LinkEnd& end : topology.ends(node)) {
    InterfaceSettings interface{.inside = from_prober[end.peer] < from_prober[node]};
    const LinkSpec& link = scenario.links[end.link];
    for (const IpAddress& address : end.is_left ? link.left_addresses : link.right_addresses) {
      (address.family() == Family::V4 ? interface.v4 : interface.v6) = address;
    }
    interfaces.push_back(interface);
  }
  return interfaces;
}

std::vector<std::vector<IpAddress>> addresses_by_node(const Scenario& scenario) {
  std::vector<std::vector<IpAddress>> addresses(scenario.nodes.size());
  for (const OwnedAddress& owned : owned_addresses(scenario)) {
    addresses[owned.node].push_back(owned.address);
  }
  return addresses;
}

/// One direction of a tunnel: `nodes` from where packets enter to where they leave.
void lay_tunnel(
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

std::vector<LabelTable> label_tables(const Scenario& scenario, const Topology& topology) {
  constexpr std::uint32_t kWayBack = 500;
  std::vector<LabelTable> tables(scenario.nodes.size());
  for (const TunnelSpec& tunnel : scenario.tunnels) {
    std::vector<std::size_t> nodes = tunnel.nodes;
    lay_tunnel(scenario, topology, nodes, tunnel.kind, tunnel.label, tables);
    std::ranges::reverse(nodes);
    lay_tunnel(scenario, topology, nodes, tunnel.kind, tunnel.label + kWayBack, tables);
  }
  return tables;
}

/// Routers of tunnels that show labels have a place for them in their errors.
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

}  // namespace

std::unique_ptr<World> build(const Scenario& scenario, const BuildOptions& options) {
  const std::uint64_t seed = options.seed.value_or(scenario.seed);
  auto world = std::make_unique<World>(seed);
  const Topology topology{scenario};
  const auto from_prober = topology.distances(scenario.prober());
  auto tables = route_tables(scenario, topology);
  auto labels = label_tables(scenario, topology);
  auto addresses = addresses_by_node(scenario);

  for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
    const NodeSpec& spec = scenario.nodes[i];
    const std::uint64_t node_seed = mix(seed + 1000 + i);
    std::unique_ptr<Node> node;
    if (spec.kind == NodeKind::Prober) {
      node = std::make_unique<ProberHost>(std::move(addresses[i]), options.with_kernel);
    } else if (spec.kind == NodeKind::Host) {
      auto host = std::make_unique<Host>(spec.host, std::move(addresses[i]), node_seed);
      host->set_routes(std::move(tables[i]));
      node = std::move(host);
    } else {
      auto router = std::make_unique<Router>(
          router_settings(scenario, i), std::move(addresses[i]), node_seed);
      router->set_routes(std::move(tables[i]));
      router->set_labels(std::move(labels[i]));
      router->set_interfaces(interfaces_of(scenario, topology, from_prober, i));
      node = std::move(router);
    }
    const NodeId id = world->add(std::move(node), spec.name);
    if (spec.kind == NodeKind::Prober) {
      world->set_prober(id);
    }
  }
  for (const LinkSpec& link : scenario.links) {
    world->connect(
        NodeId{static_cast<std::uint32_t>(link.left)},
        NodeId{static_cast<std::uint32_t>(link.right)},
        link.there,
        link.back);
  }
  return world;
}

}  // namespace synroute::sim
