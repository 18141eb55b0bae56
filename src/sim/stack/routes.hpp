// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace synroute::sim {

/// One of several equal next hops.
struct NextHop {
  std::uint32_t interface = 0;
  std::uint32_t weight = 1;
};
using NextHops = std::vector<NextHop>;

/// The owner of every address of a world; shared by all its route tables.
using AddressBook = std::unordered_map<IpAddress, std::uint32_t>;

/// The routes of one node: configured prefixes first, longest first; then the shortest paths to the
/// owners of addresses.
class RouteTable {
 public:
  RouteTable() = default;
  RouteTable(std::shared_ptr<const AddressBook> book, std::vector<NextHops> by_owner)
      : book_{std::move(book)}, by_owner_{std::move(by_owner)} {}

  void add(const Prefix& prefix, NextHops hops);
  /// Null without a route. Never an empty list.
  [[nodiscard]] const NextHops* find(const IpAddress& destination) const;

 private:
  struct Entry {
    Prefix prefix;
    NextHops hops;
  };
  std::shared_ptr<const AddressBook> book_;
  std::vector<NextHops> by_owner_;  ///< indexed by the book's numbers
  std::vector<Entry> prefixes_;     ///< longest first
};

/// Chooses among equal next hops by a hash of the fields that `balance` names, or round robin.
class Balancer {
 public:
  Balancer(Balance balance, std::uint64_t seed) : balance_{balance}, seed_{seed} {}
  [[nodiscard]] std::uint32_t choose(const NextHops& hops, const Packet& packet);

 private:
  Balance balance_;
  std::uint64_t seed_;
  std::uint64_t turn_ = 0;
};

}  // namespace synroute::sim
