// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_index.hpp"

#include "wire/icmp.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <span>

namespace synroute::replay {
namespace {

/// No system in use begins lower.
constexpr int kLowestInitialTtl = 32;

struct Syn {
  WallTime at;
  int ttl = 0;
};

/// What the first look at a capture collects.
struct Sightings {
  std::map<Course, std::vector<Syn>> syns;
  std::set<Course> exceeded;  ///< somebody reported their TTL

  void note(const Packet& packet) {
    if (is_syn(packet.datagram) && packet.outgoing != false) {
      syns[*outward(packet.datagram)].push_back({packet.at, packet.datagram.ip.ttl.value()});
    } else if (const auto course = quoted(packet.datagram);
               course && is_exceeded(packet.datagram)) {
      exceeded.insert(*course);
    }
  }

 private:
  static bool is_exceeded(const wire::Datagram& datagram) {
    return wire::kind(datagram.ip.family(), datagram.icmp()->type) == wire::IcmpKind::TimeExceeded;
  }
};

/// SYNs without a long pause in between, and not too many.
std::vector<std::span<const Syn>> pieces(std::span<const Syn> syns) {
  std::vector<std::span<const Syn>> result;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= syns.size(); ++i) {
    const bool ends = i == syns.size() || i - begin == kProbesPerTrace
                      || syns[i].at.since_1970() - syns[i - 1].at.since_1970() > kTraceGap;
    if (ends) {
      result.push_back(syns.subspan(begin, i - begin));
      begin = i;
    }
  }
  return result;
}

/// From the lowest TTL upwards, as far as there is no larger gap.
int highest_of(const std::set<int>& ttls) {
  int highest = *ttls.begin();
  for (const int ttl : ttls) {
    highest = ttl - highest <= kTtlStep ? ttl : highest;
  }
  return highest;
}

std::optional<Stretch> stretch_of(
    const Course& course, std::span<const Syn> syns, bool was_exceeded) {
  std::set<int> ttls;
  std::ranges::transform(syns, std::inserter(ttls, ttls.end()), &Syn::ttl);
  const int lowest = *ttls.begin();
  if (lowest >= kLowestInitialTtl || (ttls.size() == 1 && lowest > 1 && !was_exceeded)) {
    return std::nullopt;
  }
  const WallTime last = syns.back().at;
  return Stretch{
      .course = course,
      .first = syns.front().at,
      .last = last,
      .until = WallTime{last.since_1970() + kTraceGap},
      .lowest_ttl = lowest,
      .highest_ttl = highest_of(ttls)};
}

}  // namespace

TraceIndex::TraceIndex(const Capture& capture, const Choice& wanted) {
  Sightings sightings;
  capture.for_each([&](const Packet& packet) { sightings.note(packet); });
  for (const auto& [course, syns] : sightings.syns) {
    known_.insert(course);
    for (const std::span<const Syn> piece : pieces(syns)) {
      const auto stretch = stretch_of(course, piece, sightings.exceeded.contains(course));
      if (!stretch) {
        connects_ += piece.size();
      } else if (wanted && !wanted(course)) {
        ++not_wanted_;
      } else {
        stretches_.push_back(*stretch);
      }
    }
  }
  for (std::size_t i = 1; i < stretches_.size(); ++i) {  // those of one course stand together here
    Stretch& before = stretches_[i - 1];
    if (before.course == stretches_[i].course) {
      before.until = std::min(before.until, stretches_[i].first);
    }
  }
  std::ranges::stable_sort(stretches_, {}, &Stretch::first);
  too_many_ = stretches_.size() - std::min(stretches_.size(), kTracesMax);
  stretches_.resize(stretches_.size() - too_many_);
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    by_course_[stretches_[i].course].push_back(i);
  }
}

std::optional<std::size_t> TraceIndex::at(const Course& course, WallTime when) const {
  const auto found = by_course_.find(course);
  if (found == by_course_.end()) {
    return std::nullopt;
  }
  const auto later = std::ranges::upper_bound(
      found->second, when, {}, [&](std::size_t index) { return stretches_[index].first; });
  if (later == found->second.begin() || stretches_[*std::prev(later)].until < when) {
    return std::nullopt;
  }
  return *std::prev(later);
}

std::vector<std::size_t> TraceIndex::of(const IpAddress& source, WallTime when) const {
  std::vector<std::size_t> result;
  const auto first = std::ranges::find_if(
      by_course_, [&](const auto& entry) { return entry.first.source == source; });
  for (auto entry = first; entry != by_course_.end() && entry->first.source == source; ++entry) {
    if (const auto index = at(entry->first, when)) {
      result.push_back(*index);
    }
  }
  return result;
}

std::optional<Course> outward(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  return segment != nullptr
             ? std::optional{Course{
                   datagram.ip.source, datagram.ip.destination, segment->header.destination_port}}
             : std::nullopt;
}

std::optional<Course> homeward(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  return segment != nullptr
             ? std::optional{Course{
                   datagram.ip.destination, datagram.ip.source, segment->header.source_port}}
             : std::nullopt;
}

std::optional<Course> quoted(const wire::Datagram& datagram) {
  const wire::IcmpMessage* message = datagram.icmp();
  const bool quotes = message != nullptr && message->quote && message->quote->tcp;
  return quotes ? std::optional{Course{
                      datagram.ip.destination,
                      message->quote->destination,
                      message->quote->tcp->destination_port}}
                : std::nullopt;
}

}  // namespace synroute::replay
