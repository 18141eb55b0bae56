// SPDX-License-Identifier: Apache-2.0
#include "transport/missing_hops.hpp"

#include "os/network/neighbour.hpp"

#include <utility>

namespace synroute::transport {
namespace {

constexpr std::size_t kTargetsMax = 8192;

std::optional<model::MissingHop> asked_since(Family family, Instant since) {
  const auto found = os::neighbour_asked_since(family, since);
  return found ? std::optional{model::MissingHop{found->address, found->interface}} : std::nullopt;
}

}  // namespace

void MissingHops::expect(const IpAddress& target, NextHop next_hop) {
  if (hops_.size() < kTargetsMax) {
    hops_.insert_or_assign(target, std::move(next_hop));
  }
}

const NextHop* MissingHops::of(const IpAddress& target) const {
  const auto found = hops_.find(target);
  return found != hops_.end() ? &found->second : nullptr;
}

bool MissingHops::is_asked_for(const IpAddress& target) const {
  const NextHop* hop = of(target);
  return hop != nullptr
         && os::neighbour_state(hop->address, hop->interface) == os::NeighbourState::Asking;
}

std::optional<model::MissingHop> MissingHops::find(const IpAddress& target, Instant since) const {
  const NextHop* hop = of(target);
  if (const auto asked = find_asked(target, since); asked || hop == nullptr) {
    return asked;
  }
  const bool has_failed =
      os::neighbour_state(hop->address, hop->interface) == os::NeighbourState::Failed;
  return has_failed ? std::optional{model::MissingHop{hop->address, hop->interface}} : std::nullopt;
}

/// Rules of this host may lead to another next hop than the route, which is not asked for then.
std::optional<model::MissingHop> MissingHops::find_asked(
    const IpAddress& target, Instant since) const {
  if (is_asked_for(target)) {
    const NextHop& hop = *of(target);
    return model::MissingHop{hop.address, hop.interface};
  }
  return asked_since(target.family(), since);
}

bool MissingHops::is_elsewhere(const IpAddress& target, const model::MissingHop& found) const {
  const NextHop* hop = of(target);
  return hop == nullptr || hop->address != found.address;
}

}  // namespace synroute::transport
