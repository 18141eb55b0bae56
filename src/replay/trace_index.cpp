// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_index.hpp"

#include "model/limits.hpp"
#include "wire/icmp.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <span>

namespace synroute::replay {
namespace {

struct Syn {
  WallTime at;
  int ttl = 0;
};

/// What the first pass through a capture collects.
struct FirstPass {
  std::map<TraceKey, std::vector<Syn>> syns;
  std::set<TraceKey> exceeded;  ///< a router reported time exceeded

  void note(const CapturedPacket& packet) {
    if (is_syn(packet.datagram) && packet.outgoing != false) {
      syns[*forward_key(packet.datagram)].push_back({packet.at, packet.datagram.ip.ttl.value()});
    } else if (const auto key = quoted_key(packet.datagram); key && is_exceeded(packet.datagram)) {
      exceeded.insert(*key);
    }
  }

 private:
  static bool is_exceeded(const wire::Datagram& datagram) {
    return wire::kind(datagram.ip.family(), datagram.icmp()->type) == wire::IcmpKind::TimeExceeded;
  }
};

/// Splits SYNs of one key at pauses of kTraceGap and after kProbesPerTrace.
std::vector<std::span<const Syn>> split_at_gaps(std::span<const Syn> syns) {
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

/// The highest TTL reached from the lowest in steps of at most kTtlStepMax.
int highest_of(const std::set<int>& ttls) {
  int highest = *ttls.begin();
  for (const int ttl : ttls) {
    highest = ttl - highest <= kTtlStepMax ? ttl : highest;
  }
  return highest;
}

std::optional<TraceSpan> span_of(
    const TraceKey& key, std::span<const Syn> syns, bool was_exceeded) {
  std::set<int> ttls;
  std::ranges::transform(syns, std::inserter(ttls, ttls.end()), &Syn::ttl);
  const int lowest = *ttls.begin();
  if (lowest >= model::kInitialTtls.front() || (ttls.size() == 1 && lowest > 1 && !was_exceeded)) {
    return std::nullopt;
  }
  const WallTime last = syns.back().at;
  return TraceSpan{
      .key = key,
      .first = syns.front().at,
      .last = last,
      .until = WallTime{last.since_1970() + kTraceGap},
      .lowest_ttl = lowest,
      .highest_ttl = highest_of(ttls)};
}

}  // namespace

TraceIndex::TraceIndex(const Capture& capture, const TraceFilter& wanted) {
  FirstPass first_pass;
  capture.for_each([&](const CapturedPacket& packet) { first_pass.note(packet); });
  for (const auto& [key, syns] : first_pass.syns) {
    syn_keys_.insert(key);
    for (const std::span<const Syn> piece : split_at_gaps(syns)) {
      const auto span = span_of(key, piece, first_pass.exceeded.contains(key));
      if (!span) {
        connection_syns_ += piece.size();
      } else if (wanted && !wanted(key)) {
        ++excluded_;
      } else {
        spans_.push_back(*span);
      }
    }
  }
  for (std::size_t i = 1; i < spans_.size(); ++i) {  // still ordered by key
    TraceSpan& before = spans_[i - 1];
    if (before.key == spans_[i].key) {
      before.until = std::min(before.until, spans_[i].first);
    }
  }
  std::ranges::stable_sort(spans_, {}, &TraceSpan::first);
  over_limit_ = spans_.size() - std::min(spans_.size(), kTracesMax);
  spans_.resize(spans_.size() - over_limit_);
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    by_key_[spans_[i].key].push_back(i);
  }
}

std::optional<std::size_t> TraceIndex::at(const TraceKey& key, WallTime when) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    return std::nullopt;
  }
  const auto later = std::ranges::upper_bound(
      found->second, when, {}, [&](std::size_t index) { return spans_[index].first; });
  if (later == found->second.begin() || spans_[*std::prev(later)].until < when) {
    return std::nullopt;
  }
  return *std::prev(later);
}

std::vector<std::size_t> TraceIndex::of(const IpAddress& source, WallTime when) const {
  std::vector<std::size_t> result;
  const auto first = std::ranges::find_if(
      by_key_, [&](const auto& entry) { return entry.first.source == source; });
  for (auto entry = first; entry != by_key_.end() && entry->first.source == source; ++entry) {
    if (const auto index = at(entry->first, when)) {
      result.push_back(*index);
    }
  }
  return result;
}

std::optional<TraceKey> forward_key(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  return segment != nullptr
             ? std::optional{TraceKey{
                   datagram.ip.source, datagram.ip.destination, segment->header.destination_port}}
             : std::nullopt;
}

std::optional<TraceKey> reverse_key(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  return segment != nullptr
             ? std::optional{TraceKey{
                   datagram.ip.destination, datagram.ip.source, segment->header.source_port}}
             : std::nullopt;
}

std::optional<TraceKey> quoted_key(const wire::Datagram& datagram) {
  const wire::IcmpMessage* message = datagram.icmp();
  const bool quotes = message != nullptr && message->quote && message->quote->tcp;
  return quotes ? std::optional{TraceKey{
                      datagram.ip.destination,
                      message->quote->destination,
                      message->quote->tcp->destination_port}}
                : std::nullopt;
}

}  // namespace synroute::replay
