// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/routes.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace synroute::sim {

void RouteTable::add(const Prefix& prefix, NextHops hops) {
  const auto same = std::ranges::find(prefixes_, prefix, &Entry::prefix);
  if (same != prefixes_.end()) {
    same->hops = std::move(hops);
    return;
  }
  const auto place = std::ranges::find_if(
      prefixes_, [&](const Entry& entry) { return entry.prefix.length < prefix.length; });
  prefixes_.insert(place, {prefix, std::move(hops)});
}

const NextHops* RouteTable::find(const IpAddress& destination) const {
  for (const Entry& entry : prefixes_) {
    if (entry.prefix.contains(destination)) {
      return entry.hops.empty() ? nullptr : &entry.hops;
    }
  }
  if (!book_) {
    return nullptr;
  }
  const auto owner = book_->find(destination);
  if (owner == book_->end() || by_owner_[owner->second].empty()) {
    return nullptr;
  }
  return &by_owner_[owner->second];
}

std::uint32_t Balancer::choose(const NextHops& hops, const Packet& packet) {
  if (hops.size() == 1) {
    return hops.front().interface;
  }
  std::uint64_t key = turn_;
  if (balance_ == Balance::Packet) {
    ++turn_;
  } else {
    const std::hash<IpAddress> of;
    key = mix(seed_ ^ mix(of(packet.source())) ^ of(packet.destination()));
    if (balance_ == Balance::Label && packet.family() == Family::V6) {
      key = mix(key ^ packet.flow_label());
    } else if (balance_ != Balance::Destination && packet.has_ports()) {
      key =
          mix(key ^ packet.protocol() ^ static_cast<std::uint64_t>(packet.source_port()) << 32
              ^ static_cast<std::uint64_t>(packet.destination_port()) << 16);
    }
  }
  std::uint64_t total = 0;
  for (const NextHop& hop : hops) {
    total += hop.weight;
  }
  assert(total > 0);
  std::uint64_t point = key % total;
  for (const NextHop& hop : hops) {
    if (point < hop.weight) {
      return hop.interface;
    }
    point -= hop.weight;
  }
  return hops.back().interface;
}

}  // namespace synroute::sim
