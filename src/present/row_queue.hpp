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

/// The position of an item in the output: by TTL, then by attempt. A whole row has attempt 0.
struct RowPosition {
  int ttl = 0;
  int attempt = 0;
  friend auto operator<=>(const RowPosition&, const RowPosition&) = default;
};

/// Reorders items that settle in any order into the order of the output, and holds each one back
/// for the names it shows. An item is released when all before it are, and its names are known or
/// it has been queued for `name_wait`. Items are whole rows or single probes: each names the
/// position released after it.
template <class Item>
class RowQueue {
 public:
  RowQueue(RowPosition first, Duration name_wait) : front_{first}, name_wait_{name_wait} {}

  /// How an item is released.
  struct ReleaseRule {
    RowPosition next;              ///< the position released after it
    std::vector<IpAddress> names;  ///< the addresses whose names it waits for
  };

  /// Replaces a queued item of the same position without restarting its wait. Does nothing when
  /// that position has been released.
  void put(RowPosition position, Item item, ReleaseRule rule, Instant now) {
    if (position < front_) {
      return;
    }
    const auto known = queued_.find(position);
    const Instant since = known != queued_.end() ? known->second.since : now;
    queued_.insert_or_assign(position, Entry{std::move(item), std::move(rule), since});
  }

  /// Removes and returns the items that are released by now, in order.
  [[nodiscard]] std::vector<Item> take(const NameCache& names, Instant now) {
    std::vector<Item> due;
    for (auto head = queued_.find(front_); head != queued_.end(); head = queued_.find(front_)) {
      if (!has_names(head->second, names) && now < due_at(head->second)) {
        break;
      }
      front_ = head->second.rule.next;
      due.push_back(std::move(head->second.item));
      queued_.erase(head);
    }
    return due;
  }

  /// When take() returns an item even if nothing else happens; absent when it never does.
  [[nodiscard]] std::optional<Instant> deadline() const {
    const auto head = queued_.find(front_);
    return head != queued_.end() ? std::optional{due_at(head->second)} : std::nullopt;
  }

  /// Later take() calls release items without waiting for names.
  void stop_waiting() { name_wait_ = Duration{}; }
  [[nodiscard]] RowPosition front() const { return front_; }
  [[nodiscard]] bool empty() const { return queued_.empty(); }

  /// A queued item, which may be modified; null when none is queued for that position.
  [[nodiscard]] Item* find(RowPosition position) {
    const auto entry = queued_.find(position);
    return entry != queued_.end() ? &entry->second.item : nullptr;
  }

 private:
  struct Entry {
    Item item;
    ReleaseRule rule;
    Instant since;
  };

  static bool has_names(const Entry& entry, const NameCache& names) {
    return std::ranges::all_of(
        entry.rule.names, [&](const IpAddress& address) { return names.is_settled(address); });
  }
  [[nodiscard]] Instant due_at(const Entry& entry) const { return entry.since + name_wait_; }

  RowPosition front_;  ///< the position released next
  Duration name_wait_;
  std::map<RowPosition, Entry> queued_;
};

}  // namespace synroute::present
