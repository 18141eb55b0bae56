// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "drive/lane.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace synroute::drive {

/// The traces of a session that are not over yet, found by number, by target and by deadline. What
/// a call costs does not grow with the number of traces, but for a logarithm.
class LaneTable {
 public:
  Lane& add(NewLane parts);
  /// Null when it is over.
  [[nodiscard]] Lane* find(std::uint32_t number);
  /// It has ended.
  [[nodiscard]] bool is_over(std::uint32_t number) const;
  void start(Lane& lane);
  /// Its engine has finished: no packet is for it any more.
  void end(Lane& lane);
  void erase(const Lane& lane);
  /// To be called after anything that may have changed the deadline of a lane. The deadline is
  /// asked for once before it is needed, and not after each of the events of a turn.
  void touch(Lane& lane);

  [[nodiscard]] bool empty() const { return lanes_.empty(); }
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }
  /// Started and not ended.
  [[nodiscard]] std::size_t active_count() const { return active_.size(); }
  [[nodiscard]] std::vector<std::uint32_t> active() const {
    return {active_.begin(), active_.end()};
  }
  /// Numbers of the active lanes with this target address, the one started first in front.
  [[nodiscard]] std::vector<std::uint32_t> active_at(const IpAddress& target) const;
  /// An active lane goes to the same port from the same port: answers could not be told apart.
  [[nodiscard]] bool clashes(Lane& lane);
  [[nodiscard]] std::optional<Instant> next_due();
  /// Numbers of the lanes whose deadline has passed, as they were added.
  [[nodiscard]] std::vector<std::uint32_t> due(Instant now);
  /// Others have used the terminal: the trace whose text is on it is shown again. The text of later
  /// ones is still held.
  void draw_again();
  /// All lanes, as they were added.
  [[nodiscard]] std::map<std::uint32_t, Lane>& all() { return lanes_; }

 private:
  void schedule(Lane& lane);
  void schedule_touched();

  std::map<std::uint32_t, Lane> lanes_;
  std::set<std::uint32_t> active_;
  std::unordered_map<IpAddress, std::vector<std::uint32_t>> by_target_;
  std::set<std::pair<Instant, std::uint32_t>> deadlines_;
  std::vector<std::uint32_t> touched_;  ///< since schedule_touched(); some may be gone
  std::uint32_t next_number_ = 0;
};

}  // namespace synroute::drive
