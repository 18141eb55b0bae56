// SPDX-License-Identifier: Apache-2.0
#include "engine/half_evidence.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace synroute::engine {
namespace {

constexpr double kAccident = 1.0 / (1 << 18);
constexpr double kPerProbe = 3.0 / 65536;
/// A flood fills memory no further than this.
constexpr std::size_t kHeldMax = 256;

}  // namespace

double HalfEvidence::expected_accidents() const {
  struct Hits {
    std::size_t all = 0;
    std::size_t answered = 0;  ///< of probes that were unanswered then
  };
  std::map<FlowId, Hits> hits;
  for (const Named& each : named_) {
    const model::ProbeRecord& record = ledger_.record(each.probe);
    Hits& own = hits[record.probe.flow];
    ++own.all;
    own.answered += record.reply() != nullptr ? 1U : 0U;
  }
  double expected = 0;
  for (const auto& [flow, own] : hits) {
    const auto trials = static_cast<double>(matcher_.misses(flow) + own.all);
    expected += trials * kPerProbe * static_cast<double>(matcher_.open_count(flow) + own.answered);
  }
  return expected;
}

/// Two of the answers show the same change of the sequence number.
bool HalfEvidence::two_agree() const {
  return std::ranges::any_of(named_, [this](const Named& one) {
    return one.offset != 0 && std::ranges::any_of(named_, [&](const Named& other) {
             return one.probe != other.probe && one.offset == other.offset;
           });
  });
}

bool HalfEvidence::is_proved() const {
  if (named_.size() < 2) {
    return false;
  }
  const double expected = expected_accidents();
  double probability = 1;
  for (std::size_t i = 1; i <= named_.size(); ++i) {
    probability *= expected / static_cast<double>(i);
  }
  return expected < 1 && (probability <= kAccident || (scattered_ && two_agree()));
}

std::vector<HalfAnswer> HalfEvidence::add(HalfAnswer answer) {
  const ProbeId probe = answer.match.probe;
  const bool is_fresh = std::ranges::find(named_, probe, &Named::probe) == named_.end();
  if (is_fresh && answer.datagram.icmp() != nullptr && answer.datagram.icmp()->quote) {
    const std::uint32_t sequence = answer.datagram.icmp()->quote->tcp->sequence;
    named_.push_back({.probe = probe, .offset = sequence - ledger_.record(probe).probe.sequence});
  }
  if (held_.size() < kHeldMax) {
    held_.push_back(std::move(answer));
  }
  return is_proved() ? std::exchange(held_, {}) : std::vector<HalfAnswer>{};
}

}  // namespace synroute::engine
