// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/check.hpp"

#include "sim/scenario/topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace synroute::sim {

namespace {

using Fault = std::optional<ScenarioError>;

Fault check_nodes(const Scenario& scenario) {
  const auto probers = std::ranges::count(scenario.nodes, NodeKind::Prober, &NodeSpec::kind);
  if (probers != 1) {
    return ScenarioError{
        0,
        probers == 0 ? "there is no prober: write 'prober NAME ADDRESS'" : "more than one prober"};
  }
  if (scenario.nodes[scenario.prober()].addresses.empty()) {
    return ScenarioError{scenario.nodes[scenario.prober()].line, "the prober has no address"};
  }
  return std::nullopt;
}

Fault check_addresses(const Scenario& scenario) {
  std::unordered_map<IpAddress, OwnedAddress> seen;
  for (const OwnedAddress& owned : owned_addresses(scenario)) {
    const auto [other, fresh] = seen.emplace(owned.address, owned);
    if (!fresh) {
      return ScenarioError{
          owned.line,
          fmt::format(
              "{} already belongs to {}",
              owned.address.to_string(),
              scenario.nodes[other->second.node].name)};
    }
    if (owned.address.is_multicast() || owned.address.is_unspecified()) {
      return ScenarioError{
          owned.line, fmt::format("{} is not a unicast address", owned.address.to_string())};
    }
  }
  return std::nullopt;
}

Fault check_targets(const Scenario& scenario, const Topology& topology) {
  for (const ScenarioTarget& target : scenario.targets) {
    for (const IpAddress& address : target.addresses) {
      const bool routed = std::ranges::any_of(
          scenario.routes, [&](const RouteSpec& route) { return route.prefix.contains(address); });
      const bool in_internet = std::ranges::any_of(scenario.nodes, [&](const NodeSpec& node) {
        return std::ranges::any_of(
            node.internet.prefixes, [&](const Prefix& prefix) { return prefix.contains(address); });
      });
      if (!topology.book()->contains(address) && !routed && !in_internet) {
        return ScenarioError{
            target.line, fmt::format("no node has the target address {}", address.to_string())};
      }
    }
  }
  return std::nullopt;
}

Fault check_reach(const Scenario& scenario, const Topology& topology) {
  const std::size_t prober = scenario.prober();
  if (topology.ends(prober).size() > 1) {
    return ScenarioError{
        scenario.nodes[prober].line, "the prober has more than one link; give it a router"};
  }
  const auto distance = topology.distances(prober);
  for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
    if (distance[i] == Topology::kFar) {
      return ScenarioError{
          scenario.nodes[i].line,
          fmt::format("{} cannot be reached from the prober", scenario.nodes[i].name)};
    }
  }
  return std::nullopt;
}

/// Searches the next hops of all nodes for one address for a loop; routes marked `loop` are left
/// out.
class LoopSearch {
 public:
  LoopSearch(
      const Scenario& scenario, const Topology& topology, const std::vector<RouteTable>& tables)
      : scenario_{scenario}, topology_{topology}, tables_{tables} {}

  [[nodiscard]] std::optional<std::size_t> find(const IpAddress& address) {
    state_.assign(scenario_.nodes.size(), State::Fresh);
    for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
      if (const auto loop = visit(node, address)) {
        return loop;
      }
    }
    return std::nullopt;
  }

 private:
  enum class State : std::uint8_t { Fresh, Open, Done };

  std::optional<std::size_t> visit(std::size_t node, const IpAddress& address) {
    if (state_[node] == State::Done) {
      return std::nullopt;
    }
    if (state_[node] == State::Open) {
      return node;
    }
    state_[node] = State::Open;
    const NextHops* hops = may_loop(node, address) ? nullptr : tables_[node].find(address);
    for (std::size_t i = 0; hops != nullptr && i < hops->size(); ++i) {
      if (const auto loop = visit(topology_.ends(node)[(*hops)[i].interface].peer, address)) {
        return loop;
      }
    }
    state_[node] = State::Done;
    return std::nullopt;
  }

  [[nodiscard]] bool may_loop(std::size_t node, const IpAddress& address) const {
    return std::ranges::any_of(scenario_.routes, [&](const RouteSpec& route) {
      return route.may_loop && route.node == node && route.prefix.contains(address);
    });
  }

  const Scenario& scenario_;
  const Topology& topology_;
  const std::vector<RouteTable>& tables_;
  std::vector<State> state_;
};

/// All addresses of nodes, and one of each prefix that has a route of its own.
std::vector<IpAddress> routed_addresses(const Scenario& scenario) {
  std::vector<IpAddress> addresses;
  for (const OwnedAddress& owned : owned_addresses(scenario)) {
    addresses.push_back(owned.address);
  }
  for (const RouteSpec& route : scenario.routes) {
    addresses.push_back(route.prefix.address);
  }
  return addresses;
}

Fault check_loops(const Scenario& scenario, const Topology& topology) {
  if (scenario.routes.empty()) {
    return std::nullopt;  // shortest paths make no loop
  }
  const std::vector<RouteTable> tables = route_tables(scenario, topology);
  LoopSearch search{scenario, topology, tables};
  for (const IpAddress& address : routed_addresses(scenario)) {
    const auto loop = search.find(address);
    if (!loop) {
      continue;
    }
    const auto cause = std::ranges::find_if(scenario.routes, [&](const RouteSpec& route) {
      return !route.may_loop && route.prefix.contains(address);
    });
    return ScenarioError{
        cause == scenario.routes.end() ? 0 : cause->line,
        fmt::format(
            "packets for {} loop at {}; write 'loop' at the end of the route if that is intended",
            address.to_string(),
            scenario.nodes[*loop].name)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ScenarioError> check(const Scenario& scenario) {
  if (auto fault = check_nodes(scenario)) {
    return fault;
  }
  if (auto fault = check_addresses(scenario)) {
    return fault;
  }
  const Topology topology{scenario};
  if (auto fault = check_reach(scenario, topology)) {
    return fault;
  }
  if (auto fault = check_targets(scenario, topology)) {
    return fault;
  }
  return check_loops(scenario, topology);
}

}  // namespace synroute::sim
