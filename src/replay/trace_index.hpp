// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/find.hpp"
#include "replay/recording.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace synroute::replay {

/// One trace as the times and TTLs of its probes show it: where in the capture it lies.
struct Stretch {
  Course course;
  WallTime first;  ///< its first probe
  WallTime last;   ///< its last probe
  WallTime until;  ///< an answer may come so late
  int lowest_ttl = 1;
  int highest_ttl = 1;  ///< of the probes of hops; SYNs above it go to the target itself
};

/// All traces of a capture, without their packets.
class TraceIndex {
 public:
  TraceIndex(const Capture& capture, const Choice& wanted);

  [[nodiscard]] const std::vector<Stretch>& stretches() const { return stretches_; }
  [[nodiscard]] std::size_t not_wanted() const { return not_wanted_; }
  [[nodiscard]] std::size_t too_many() const { return too_many_; }
  [[nodiscard]] std::size_t connects() const { return connects_; }

  /// Whether any SYN went this way, of a trace or not: what is reported of it is about it.
  [[nodiscard]] bool knows(const Course& course) const { return known_.contains(course); }
  /// The one whose packets pass at this time, as an index of stretches().
  [[nodiscard]] std::optional<std::size_t> at(const Course& course, WallTime when) const;
  /// Those of this source whose packets pass at this time.
  [[nodiscard]] std::vector<std::size_t> of(const IpAddress& source, WallTime when) const;

 private:
  std::vector<Stretch> stretches_;
  std::map<Course, std::vector<std::size_t>> by_course_;  ///< in the order of time
  std::set<Course> known_;
  std::size_t not_wanted_ = 0;
  std::size_t too_many_ = 0;
  std::size_t connects_ = 0;
};

/// The courses a packet may belong to: that of a segment from the source, or to it; that of the
/// probe an ICMP error quotes.
[[nodiscard]] std::optional<Course> outward(const wire::Datagram& datagram);
[[nodiscard]] std::optional<Course> homeward(const wire::Datagram& datagram);
[[nodiscard]] std::optional<Course> quoted(const wire::Datagram& datagram);

}  // namespace synroute::replay
