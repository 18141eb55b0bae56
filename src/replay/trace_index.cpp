// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_index.hpp"

#include "model/limits.hpp"
#include "replay/probe_candidates.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace synroute::replay {
namespace {

/// BGP speakers send with TTL 1 to a neighbour (RFC 4271 §5.1.3) and again every two minutes.
constexpr Port kBgp{179};
/// A tool that gives each probe a port or form of its own is not taken for many tools.
constexpr std::size_t kToolsMax = 16;
/// So many TTLs from one port are one flow of a tool; those that change the port send one or two.
constexpr std::size_t kTtlsOfFlow = 3;

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
  const bool one_hop = ttls.size() == 1 && !was_exceeded;
  if (lowest >= model::kInitialTtls.front() || (one_hop && (lowest > 1 || key.port == kBgp))) {
    return std::nullopt;
  }
  const WallTime last = syns.back().at;
  return TraceSpan{
      .key = key,
      .first = syns.front().at,
      .last = last,
      .until = WallTime{last.since_1970() + kTraceGap},
      .lowest_ttl = lowest,
      .highest_ttl = highest_of(ttls),
      .ports = {}};
}

bool is_small(const Syn& syn) {
  return syn.ttl < model::kInitialTtls.front();
}

using ToolName = std::pair<SynForm, Port>;

/// The flow of this form that began last before the SYN: its tool asks the target, and hops about
/// there, from further ports too.
std::optional<Port> flow_of(const std::map<ToolName, std::vector<Syn>>& groups, const Syn& syn) {
  std::optional<Port> found;
  WallTime began;
  for (const auto& [name, group] : groups) {
    const bool fits = name.first == syn.form && group.front().at <= syn.at;
    if (fits && (!found || group.front().at >= began)) {
      found = name.second;
      began = group.front().at;
    }
  }
  return found;
}

/// The SYNs with small TTLs by tool: by form and, for tools that send from one port, by port.
std::vector<std::vector<Syn>> by_tool(std::span<const Syn> syns) {
  std::map<ToolName, std::set<int>> ttls;
  for (const Syn& syn : syns) {
    ttls[{syn.form, syn.port}].insert(syn.ttl);
  }
  const auto is_flow = [&ttls](const Syn& syn) {
    return ttls.at({syn.form, syn.port}).size() >= kTtlsOfFlow;
  };
  std::map<ToolName, std::vector<Syn>> groups;
  for (const Syn& syn : syns) {
    if (is_small(syn) && is_flow(syn)) {
      groups[{syn.form, syn.port}].push_back(syn);
    }
  }
  const std::map<ToolName, std::vector<Syn>> flows = groups;
  for (const Syn& syn : syns) {
    if (is_small(syn) && !is_flow(syn)) {
      groups[{syn.form, flow_of(flows, syn).value_or(Port{0})}].push_back(syn);
    }
  }
  std::vector<std::vector<Syn>> result;
  for (auto& [name, group] : groups) {
    std::ranges::stable_sort(group, {}, &Syn::at);
    result.push_back(std::move(group));
  }
  return result;
}

std::set<Port> ports_of(std::span<const Syn> syns) {
  std::set<Port> ports;
  std::ranges::transform(syns, std::inserter(ports, ports.end()), &Syn::port);
  return ports;
}

std::size_t count_ttls(std::span<const Syn> syns) {
  std::set<int> ttls;
  std::ranges::transform(syns, std::inserter(ttls, ttls.end()), &Syn::ttl);
  return ttls.size();
}

bool overlap(const std::set<Port>& left, const std::set<Port>& right) {
  return std::ranges::any_of(left, [&](Port port) { return right.contains(port); });
}

/// The traces among SYNs of one key without a pause: one, or one for each tool when all their
/// ports differ.
std::vector<TraceSpan> spans_of(const TraceKey& key, std::span<const Syn> syns, bool was_exceeded) {
  std::vector<TraceSpan> result;
  for (const std::vector<Syn>& tool : by_tool(syns)) {
    auto span = span_of(key, tool, was_exceeded);
    if (span && count_ttls(tool) >= kTtlsOfFlow) {
      span->ports = ports_of(tool);
      result.push_back(std::move(*span));
    }
  }
  bool apart = result.size() > 1 && result.size() <= kToolsMax;
  for (std::size_t i = 1; i < result.size() && apart; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      apart = apart && !overlap(result[i].ports, result[j].ports);
    }
  }
  if (apart) {
    return result;
  }
  const auto whole = span_of(key, syns, was_exceeded);
  return whole ? std::vector{*whole} : std::vector<TraceSpan>{};
}

}  // namespace

TraceIndex::TraceIndex(const Capture& capture, const TraceFilter& wanted) {
  ProbeCandidates candidates{capture};
  expired_data_ = candidates.take_expired_data();
  for (const auto& [key, all] : candidates.syns()) {
    syn_keys_.insert(key);
    std::vector<Syn> syns;
    std::ranges::copy_if(all, std::back_inserter(syns), [&](const Syn& syn) {
      return !is_small(syn) || !candidates.is_ordinary(key, syn);
    });
    connection_syns_ += all.size() - syns.size();
    const std::size_t begin = spans_.size();
    for (const std::span<const Syn> piece : split_at_gaps(syns)) {
      std::vector<TraceSpan> found = spans_of(key, piece, candidates.was_exceeded(key));
      connection_syns_ += found.empty() ? piece.size() : 0;
      if (wanted && !wanted(key)) {
        excluded_ += found.size();
        continue;
      }
      for (std::size_t i = begin; i < spans_.size() && !found.empty(); ++i) {
        spans_[i].until = std::min(spans_[i].until, piece.front().at);
      }
      std::ranges::move(found, std::back_inserter(spans_));
    }
  }
  std::ranges::stable_sort(spans_, {}, &TraceSpan::first);
  over_limit_ = spans_.size() - std::min(spans_.size(), kTracesMax);
  spans_.resize(spans_.size() - over_limit_);
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    by_key_[spans_[i].key].push_back(i);
  }
}

std::vector<std::size_t> TraceIndex::covering(
    const std::vector<std::size_t>& spans_of_key, WallTime when) const {
  auto later = std::ranges::upper_bound(
      spans_of_key, when, {}, [&](std::size_t index) { return spans_[index].first; });
  std::vector<std::size_t> result;
  for (std::size_t back = 0; later != spans_of_key.begin() && back < kToolsMax; ++back) {
    --later;
    if (spans_[*later].until >= when) {
      result.push_back(*later);
    }
  }
  return result;
}

std::vector<std::size_t> TraceIndex::at(const TraceKey& key, Port port, WallTime when) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    return {};
  }
  std::vector<std::size_t> result = covering(found->second, when);
  const auto uses_port = [&](std::size_t index) { return spans_[index].ports.contains(port); };
  if (const auto user = std::ranges::find_if(result, uses_port); user != result.end()) {
    return {*user};
  }
  return result;
}

std::vector<std::size_t> TraceIndex::of(const IpAddress& source, WallTime when) const {
  std::vector<std::size_t> result;
  const auto first = by_key_.lower_bound(TraceKey{.source = source, .target = {}, .port = {}});
  for (auto entry = first; entry != by_key_.end() && entry->first.source == source; ++entry) {
    std::ranges::copy(covering(entry->second, when), std::back_inserter(result));
  }
  return result;
}

}  // namespace synroute::replay
