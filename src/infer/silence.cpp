// SPDX-License-Identifier: Apache-2.0
#include "infer/silence.hpp"

#include "model/waited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ranges>
#include <span>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::FindingKind;
using model::Hop;
using model::ProbeRecord;

/// Slower routers than that were not found.
constexpr Duration kSlowestReport = std::chrono::seconds{6};
constexpr double kErrorRate = 0.01;

/// The probes of one row or of several.
struct Count {
  int asked = 0;
  int lost = 0;
};

Count count(const Hop& row) {
  Count result;
  for (const ProbeRecord* record : row.probes) {
    result.asked += record->refusal() ? 0 : 1;
    result.lost += record->is_lost() ? 1 : 0;
  }
  return result;
}

bool has_lost(const Hop& row) {
  return count(row).lost > 0;
}

bool is_without_answer(const Hop& row) {
  return row.is_silent() && has_lost(row);
}

bool answered_all(const Hop& row) {
  return !row.probes.empty() && std::ranges::all_of(row.probes, [](const ProbeRecord* record) {
    return record->reply() != nullptr;
  });
}

/// A limit answers the first probes and loses the later ones.
bool lost_the_last(const Hop& row) {
  std::vector<const ProbeRecord*> by_time = row.probes;
  std::ranges::stable_sort(
      by_time, {}, [](const ProbeRecord* record) { return record->probe.sent; });
  const auto first_lost = std::ranges::find_if(by_time, &ProbeRecord::is_lost);
  return std::ranges::all_of(first_lost, by_time.end(), &ProbeRecord::is_lost);
}

/// Whether loss on the path is no explanation for what one row left unanswered.
bool limits_reports(const Rows& rows, const Hop& row) {
  Count others;
  int hops = 0;
  for (const Hop& other : rows) {
    if (other.is_silent()) {
      continue;
    }
    ++hops;
    const Count each = &other != &row ? count(other) : Count{};
    others.asked += each.asked;
    others.lost += each.lost;
  }
  const Count own = count(row);
  return lost_the_last(row)
         && is_more_than_loss(own.lost, own.asked, others.lost, others.asked, hops);
}

Finding silence_finding(std::span<const Hop> silent) {
  std::vector<const ProbeRecord*> probes;
  for (const Hop& row : silent) {
    std::ranges::copy(row.probes, std::back_inserter(probes));
  }
  const auto waited = model::shortest_wait(probes);
  const bool is_final = waited && *waited >= kSlowestReport;
  const bool is_one = silent.size() == 1;
  const std::string within = waited ? " within " + model::wait_text(*waited) : "";
  const std::string_view meaning = !is_final ? "slow to report, or silent"
                                   : is_one  ? "it forwards but does not report"
                                             : "they forward but do not report";
  Finding finding{
      .kind = FindingKind::SilentHop,
      .first_hop = silent.front().ttl,
      .last_hop = silent.back().ttl,
      .certainty = is_final ? Certainty::Likely : Certainty::Possible,
      .sentence = fmt::format("no answer{}, but later hops answer: {}", within, meaning)};
  for (const Hop& row : silent) {
    std::ranges::copy(evidence(row), std::back_inserter(finding.evidence));
  }
  return finding;
}

Finding partial_finding(const Rows& rows, const Hop& row) {
  const Count own = count(row);
  Finding finding{.first_hop = row.ttl, .last_hop = row.ttl, .evidence = evidence(row)};
  if (limits_reports(rows, row)) {
    finding.kind = FindingKind::LimitedReports;
    finding.certainty = Certainty::Likely;
    finding.sentence = fmt::format(
        "left the last {} of {} probes unanswered, more than loss explains: it limits the rate of its reports, traffic passes",
        own.lost,
        own.asked);
  } else {
    finding.kind = FindingKind::PartlyAnswered;
    finding.certainty = Certainty::Certain;
    finding.sentence = fmt::format(
        "answered {} of {} probes, later hops answered all", own.asked - own.lost, own.asked);
  }
  return finding;
}

}  // namespace

bool is_more_than_loss(int lost, int asked, int others_lost, int others_asked, int hops) {
  if (others_asked == 0) {
    return false;
  }
  const double n = others_asked;
  const double share = others_lost / n;
  constexpr double kZ = 1.96;
  const double center = share + (kZ * kZ / (2 * n));
  const double half = kZ * std::sqrt((share * (1 - share) / n) + (kZ * kZ / (4 * n * n)));
  const double most = std::min((center + half) / (1 + (kZ * kZ / n)), 1.0);
  double probability = 0;
  for (int k = lost; k <= asked; ++k) {
    const double ways = std::lgamma(asked + 1) - std::lgamma(k + 1) - std::lgamma(asked - k + 1);
    probability += std::exp(ways) * std::pow(most, k) * std::pow(1 - most, asked - k);
  }
  return probability < kErrorRate / hops;
}

void find_silence(const Rows& rows, std::vector<Finding>& findings) {
  const auto end = std::ranges::find_if_not(rows | std::views::reverse, &Hop::is_silent).base();
  for (auto row = rows.begin(); row != end; ++row) {
    if (is_without_answer(*row)) {
      const auto past = std::find_if_not(row, end, is_without_answer);
      findings.push_back(silence_finding(std::span{row, past}));
      row = std::prev(past);
      continue;
    }
    const bool later_answer_all =
        std::next(row) != end && std::ranges::all_of(std::next(row), end, [](const Hop& later) {
          return later.is_silent() || answered_all(later);
        });
    if (!row->is_silent() && has_lost(*row) && (later_answer_all || limits_reports(rows, *row))) {
      findings.push_back(partial_finding(rows, *row));
    }
  }
}

}  // namespace synroute::infer
