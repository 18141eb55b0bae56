// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "model/trace.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace synroute::transport {

/// The router, or the target itself, that packets are handed to, and the interface to it.
struct NextHop {
  IpAddress address;
  std::string interface;
};

/// The kernel repeats an ARP request or neighbour solicitation after 1.02 to 1.04 s (measured): a
/// next hop that answers the second one is still in time.
inline constexpr Duration kNeighbourPatience = std::chrono::milliseconds{1250};

/// What the routes hand the packets of each target to, and whether the kernel knows it.
class MissingHops {
 public:
  /// The first 8,192 targets are remembered; of others nothing is said.
  void expect(const IpAddress& target, NextHop next_hop);
  /// Null when nothing is known.
  [[nodiscard]] const NextHop* of(const IpAddress& target) const;

  /// Packets to the target, sent just now, wait for the link address of its next hop.
  [[nodiscard]] bool is_asked_for(const IpAddress& target) const;
  /// A next hop that the kernel has been asking for since then: that of the target, or another,
  /// where rules of this host lead. Nothing when it asks for neither.
  [[nodiscard]] std::optional<model::MissingHop> find_asked(
      const IpAddress& target, Instant since) const;
  /// The same, or that of the target when the kernel has given up asking: for packets that are
  /// known not to have left.
  [[nodiscard]] std::optional<model::MissingHop> find(const IpAddress& target, Instant since) const;
  /// The one found is not the next hop of the route: rules of this host lead there.
  [[nodiscard]] bool is_elsewhere(const IpAddress& target, const model::MissingHop& found) const;

 private:
  std::unordered_map<IpAddress, NextHop> hops_;
};

}  // namespace synroute::transport
