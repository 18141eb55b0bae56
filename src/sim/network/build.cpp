// SPDX-License-Identifier: Apache-2.0
#include "sim/network/build.hpp"

#include "base/random.hpp"
#include "sim/network/host.hpp"
#include "sim/network/internet.hpp"
#include "sim/network/router.hpp"
#include "sim/scenario/topology.hpp"
#include "sim/scenario/tunnels.hpp"

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
    const NodeSpec& peer = scenario.nodes[end.peer];
    InterfaceSettings interface{
        .inside = from_prober[end.peer] < from_prober[node],
        .neighbour_down = peer.kind == NodeKind::Host && peer.host.down};
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
    } else if (spec.kind == NodeKind::Internet) {
      node = std::make_unique<Internet>(spec.internet);
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
    const NodeId id = world->add(std::move(node));
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
