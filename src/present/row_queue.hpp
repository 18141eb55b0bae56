// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "present/name_cache.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::present {

/// Where an item stands in the output: by TTL, then by attempt. A whole row is attempt 0.
struct Place {
  int ttl = 0;
  int attempt = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// Puts what settles in any order into the order of the output, and lets each item wait a little
/// for the names it would like to show. An item leaves when all before it have left and its names
/// are known, or once it has been here for `name_wait`. Serves rows and single probes alike: each
/// item says itself what comes behind it.
template <class Item>
class RowQueue {
 public:
  RowQueue(Place first, Duration name_wait) : front_{first}, name_wait_{name_wait} {}

  /// What follows an item, and whose names it waits for.
  struct Wish {
    Place next;
    std::vector<IpAddress> names;
  };

  /// Replaces an item of the same place that is still here, without starting its waiting anew. One
  /// whose turn has passed is left out.
  void put(Place place, Item item, Wish wish, Instant now) {
    if (place < front_) {
      return;
    }
    const auto known = waiting_.find(place);
    const Instant since = known != waiting_.end() ? known->second.since : now;
    waiting_.insert_or_assign(place, Entry{std::move(item), std::move(wish), since});
  }

  /// The items whose turn has come.
  [[nodiscard]] std::vector<Item> take(const NameCache& names, Instant now) {
    std::vector<Item> due;
    for (auto head = waiting_.find(front_); head != waiting_.end(); head = waiting_.find(front_)) {
      if (!has_names(head->second, names) && now < due_at(head->second)) {
        break;
      }
      front_ = head->second.wish.next;
      due.push_back(std::move(head->second.item));
      waiting_.erase(head);
    }
    return due;
  }

  /// When take() will give an item though nothing else happens.
  [[nodiscard]] std::optional<Instant> deadline() const {
    const auto head = waiting_.find(front_);
    return head != waiting_.end() ? std::optional{due_at(head->second)} : std::nullopt;
  }

  /// From now on no item waits for names.
  void hurry() { name_wait_ = Duration{}; }
  [[nodiscard]] Place front() const { return front_; }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

  /// An item still here, to be changed; null when it is not.
  [[nodiscard]] Item* find(Place place) {
    const auto entry = waiting_.find(place);
    return entry != waiting_.end() ? &entry->second.item : nullptr;
  }

 private:
  struct Entry {
    Item item;
    Wish wish;
    Instant since;
  };

  static bool has_names(const Entry& entry, const NameCache& names) {
    return std::ranges::all_of(
        entry.wish.names, [&](const IpAddress& address) { return names.is_settled(address); });
  }
  [[nodiscard]] Instant due_at(const Entry& entry) const { return entry.since + name_wait_; }

  Place front_;  ///< the place whose item leaves next
  Duration name_wait_;
  std::map<Place, Entry> waiting_;
};

}  // namespace synroute::present
