// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/scenario.hpp"
#include "sim/stack/routes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace synroute::sim {

/// One node's end of a link.
struct LinkEnd {
  std::size_t peer = 0;
  std::size_t link = 0;
  bool is_left = false;
};

/// The topology of a scenario's network: neighbours, owners of addresses and distances. Interface
/// numbers count a node's links in the order of the file, as World::connect() does.
class Topology {
 public:
  explicit Topology(const Scenario& scenario);

  [[nodiscard]] const std::vector<LinkEnd>& ends(std::size_t node) const { return ends_[node]; }
  /// The interface of `node` that leads to `peer`; the two must be linked.
  [[nodiscard]] std::uint32_t interface_to(std::size_t node, std::size_t peer) const;
  /// Links between every node and `from`, through routers only; kFar when there is no path.
  static constexpr std::size_t kFar = SIZE_MAX;
  [[nodiscard]] std::vector<std::size_t> distances(std::size_t from) const;
  /// Every node's next hops on equal shortest paths to `to`.
  [[nodiscard]] std::vector<NextHops> next_hops_to(std::size_t to) const;
  [[nodiscard]] const std::shared_ptr<const AddressBook>& book() const { return book_; }

 private:
  const Scenario& scenario_;
  std::vector<std::vector<LinkEnd>> ends_;
  std::shared_ptr<const AddressBook> book_;
};

/// An address and the node packets for it go to.
struct OwnedAddress {
  IpAddress address;
  std::size_t node = 0;
  int line = 0;
};
/// The addresses of nodes, of their interfaces, and those their NATs stand for.
[[nodiscard]] std::vector<OwnedAddress> owned_addresses(const Scenario& scenario);

/// The route tables of all nodes.
[[nodiscard]] std::vector<RouteTable> route_tables(
    const Scenario& scenario, const Topology& topology);

}  // namespace synroute::sim
