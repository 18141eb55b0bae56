// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/network_view.hpp"

#include "sim/scenario/tunnels.hpp"

#include <algorithm>

namespace synroute::sim {

NetworkView::NetworkView(const Scenario& scenario)
    : scenario_{scenario},
      topology_{scenario},
      routes_{route_tables(scenario, topology_)},
      labels_{label_tables(scenario, topology_)},
      from_prober_{topology_.distances(scenario.prober())},
      owned_{owned_addresses(scenario)} {}

bool NetworkView::owns(std::size_t node, const IpAddress& address) const {
  return std::ranges::any_of(owned_, [&](const OwnedAddress& owned) {
    return owned.node == node && owned.address == address;
  });
}

std::optional<IpAddress> NetworkView::interface_address(
    std::size_t node, std::size_t peer, Family family) const {
  const auto& ends = topology_.ends(node);
  const auto end = std::ranges::find(ends, peer, &LinkEnd::peer);
  const LinkSpec& link = scenario_.links[end->link];
  const auto& addresses = end->is_left ? link.left_addresses : link.right_addresses;
  const auto found = std::ranges::find(addresses, family, &IpAddress::family);
  return found == addresses.end() ? std::nullopt : std::optional{*found};
}

std::optional<IpAddress> NetworkView::first_address(std::size_t node, Family family) const {
  for (const OwnedAddress& owned : owned_) {
    if (owned.node == node && owned.address.family() == family) {
      return owned.address;
    }
  }
  return std::nullopt;
}

std::optional<IpAddress> NetworkView::report_address(const OracleProbe& probe) const {
  const ReplySource source = node(probe.node).router.reply_from;
  const Family family = probe.destination.family();
  std::optional<IpAddress> chosen;
  if (source == ReplySource::Incoming) {
    chosen = interface_address(probe.node, probe.from, family);
  } else if (source == ReplySource::Outgoing) {
    if (const NextHops* hops = routes_[probe.node].find(probe.source())) {
      const LinkEnd& end = topology_.ends(probe.node)[hops->front().interface];
      chosen = interface_address(probe.node, end.peer, family);
    }
  }
  return chosen ? chosen : first_address(probe.node, family);
}

}  // namespace synroute::sim
