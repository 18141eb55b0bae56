// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/topology.hpp"

#include "sim/boxes/box_spec.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace synroute::sim {

namespace {

/// Addresses a router answers for besides its own: the outer addresses of its NATs.
std::vector<IpAddress> nat_addresses(const RouterSettings& router) {
  std::vector<IpAddress> found;
  for (const auto& box : router.boxes) {
    if (const auto outer = box->outer_address()) {
      found.push_back(*outer);
    }
  }
  return found;
}

}  // namespace

std::vector<OwnedAddress> owned_addresses(const Scenario& scenario) {
  std::vector<OwnedAddress> owned;
  const auto add = [&](const IpAddress& address, std::size_t node, int line) {
    owned.push_back({address, node, line});
  };
  for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
    const NodeSpec& node = scenario.nodes[i];
    for (const IpAddress& address : node.addresses) {
      add(address, i, node.line);
    }
    std::vector<IpAddress> outer = nat_addresses(node.router);
    std::ranges::sort(outer);
    outer.erase(std::ranges::unique(outer).begin(), outer.end());
    for (const IpAddress& address : outer) {
      if (std::ranges::find(node.addresses, address) == node.addresses.end()) {
        add(address, i, node.line);
      }
    }
  }
  for (const LinkSpec& link : scenario.links) {
    for (const IpAddress& address : link.left_addresses) {
      add(address, link.left, link.line);
    }
    for (const IpAddress& address : link.right_addresses) {
      add(address, link.right, link.line);
    }
  }
  return owned;
}

Topology::Topology(const Scenario& scenario) : scenario_{scenario}, ends_(scenario.nodes.size()) {
  for (std::size_t i = 0; i < scenario.links.size(); ++i) {
    const LinkSpec& link = scenario.links[i];
    ends_[link.left].push_back({link.right, i, true});
    ends_[link.right].push_back({link.left, i, false});
  }
  auto book = std::make_shared<AddressBook>();
  for (const OwnedAddress& owned : owned_addresses(scenario)) {
    book->emplace(owned.address, static_cast<std::uint32_t>(owned.node));
  }
  book_ = std::move(book);
}

std::uint32_t Topology::interface_to(std::size_t node, std::size_t peer) const {
  const auto end = std::ranges::find(ends_[node], peer, &LinkEnd::peer);
  return static_cast<std::uint32_t>(end - ends_[node].begin());
}

std::vector<std::size_t> Topology::distances(std::size_t from) const {
  std::vector<std::size_t> distance(ends_.size(), kFar);
  distance[from] = 0;
  std::deque<std::size_t> frontier{from};
  while (!frontier.empty()) {
    const std::size_t node = frontier.front();
    frontier.pop_front();
    if (node != from && scenario_.nodes[node].kind != NodeKind::Router) {
      continue;
    }
    for (const LinkEnd& end : ends_[node]) {
      if (distance[end.peer] == kFar) {
        distance[end.peer] = distance[node] + 1;
        frontier.push_back(end.peer);
      }
    }
  }
  return distance;
}

std::vector<NextHops> Topology::next_hops_to(std::size_t to) const {
  const std::vector<std::size_t> distance = distances(to);
  std::vector<NextHops> hops_to(ends_.size());
  for (std::size_t node = 0; node < ends_.size(); ++node) {
    if (node == to || distance[node] == kFar) {
      continue;
    }
    for (std::uint32_t i = 0; i < ends_[node].size(); ++i) {
      const LinkEnd& end = ends_[node][i];
      const bool forwards = end.peer == to || scenario_.nodes[end.peer].kind == NodeKind::Router;
      if (forwards && distance[end.peer] + 1 == distance[node]) {
        hops_to[node].push_back({i, scenario_.links[end.link].weight});
      }
    }
  }
  return hops_to;
}

std::vector<RouteTable> route_tables(const Scenario& scenario, const Topology& topology) {
  const std::size_t count = scenario.nodes.size();
  std::vector<std::vector<NextHops>> by_node(count, std::vector<NextHops>(count));
  for (std::size_t to = 0; to < count; ++to) {
    std::vector<NextHops> hops_to = topology.next_hops_to(to);
    for (std::size_t node = 0; node < count; ++node) {
      by_node[node][to] = std::move(hops_to[node]);
    }
  }
  std::vector<RouteTable> tables;
  tables.reserve(count);
  for (auto& hops_to : by_node) {
    tables.emplace_back(topology.book(), std::move(hops_to));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (scenario.nodes[i].kind != NodeKind::Internet) {
      continue;
    }
    const std::vector<NextHops> hops_to = topology.next_hops_to(i);
    for (const Prefix& prefix : scenario.nodes[i].internet.prefixes) {
      for (std::size_t node = 0; node < count; ++node) {
        if (!hops_to[node].empty()) {
          tables[node].add(prefix, hops_to[node]);
        }
      }
    }
  }
  for (const RouteSpec& route : scenario.routes) {
    NextHops hops;
    for (const RouteSpec::Via& via : route.via) {
      hops.push_back({topology.interface_to(route.node, via.neighbour), via.weight});
    }
    tables[route.node].add(route.prefix, std::move(hops));
  }
  return tables;
}

}  // namespace synroute::sim
