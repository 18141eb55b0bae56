// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "sim/oracle_probe.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/topology.hpp"
#include "sim/stack/mpls.hpp"
#include "sim/stack/routes.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace synroute::sim {

/// What follows from a scenario without simulating it: neighbours, owners of addresses, routes and
/// labels. The scenario must outlive it.
class NetworkView {
 public:
  explicit NetworkView(const Scenario& scenario);

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const NodeSpec& node(std::size_t node) const { return scenario_.nodes[node]; }
  [[nodiscard]] const std::vector<LinkEnd>& ends(std::size_t node) const {
    return topology_.ends(node);
  }
  [[nodiscard]] const LabelTable& labels(std::size_t node) const { return labels_[node]; }
  /// Null when there is no route.
  [[nodiscard]] const NextHops* route(std::size_t node, const IpAddress& destination) const {
    return routes_[node].find(destination);
  }

  [[nodiscard]] bool owns(std::size_t node, const IpAddress& address) const;
  /// `peer` is on the prober's side of `node`.
  [[nodiscard]] bool is_inside(std::size_t node, std::size_t peer) const {
    return from_prober_[peer] < from_prober_[node];
  }
  [[nodiscard]] std::optional<IpAddress> first_address(std::size_t node, Family family) const;
  /// The source of an ICMP error about `probe` by the router where it is.
  [[nodiscard]] std::optional<IpAddress> report_address(const OracleProbe& probe) const;

 private:
  [[nodiscard]] std::optional<IpAddress> interface_address(
      std::size_t node, std::size_t peer, Family family) const;

  const Scenario& scenario_;
  Topology topology_;
  std::vector<RouteTable> routes_;
  std::vector<LabelTable> labels_;
  std::vector<std::size_t> from_prober_;
  std::vector<OwnedAddress> owned_;
};

}  // namespace synroute::sim
