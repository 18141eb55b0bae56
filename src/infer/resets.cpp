// SPDX-License-Identifier: Apache-2.0
#include "infer/resets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::FindingKind;
using model::Hop;
using model::ProbeRecord;
using model::ReplyKind;

bool answers(const ProbeRecord& record, ReplyKind kind) {
  return record.reply() != nullptr && record.reply()->kind == kind;
}

bool answered(const std::vector<const ProbeRecord*>& records, ReplyKind kind) {
  return std::ranges::any_of(
      records, [kind](const ProbeRecord* record) { return answers(*record, kind); });
}

/// The farthest hop before `first_forged` that answered a probe which drew no forged reset.
std::optional<Ttl> farthest_before(const model::Trace& trace, Ttl first_forged) {
  std::optional<Ttl> farthest;
  for (const ProbeRecord& record : trace.probes) {
    const bool clean = answers(record, ReplyKind::TimeExceeded) && record.disproved.empty();
    if (clean && record.probe.ttl < first_forged) {
      farthest = std::max(farthest.value_or(record.probe.ttl), record.probe.ttl);
    }
  }
  return farthest;
}

std::string_view proof(const std::vector<const ProbeRecord*>& forged) {
  const bool accepted = answered(forged, ReplyKind::SynAck);
  const bool expired = answered(forged, ReplyKind::TimeExceeded);
  if (accepted && expired) {
    return "it accepted or that expired before it";
  }
  return accepted ? "it accepted" : "that expired before it";
}

/// How many routers the answers of this kind in a row passed on the return path; absent when they
/// disagree or when no TTL is known.
std::optional<int> routers_on_return(const Hop& row, ReplyKind kind) {
  std::optional<int> passed;
  for (const ProbeRecord* record : row.probes) {
    if (!answers(*record, kind) || !record->reply()->ttl) {
      continue;
    }
    const int now = model::routers_passed(*record->reply()->ttl);
    if (passed.value_or(now) != now) {
      return std::nullopt;
    }
    passed = now;
  }
  return passed;
}

}  // namespace

void find_forged_resets(const model::Trace& trace, std::vector<Finding>& findings) {
  std::vector<const ProbeRecord*> forged;
  Finding finding{.kind = FindingKind::ForgedResets};
  for (const ProbeRecord& record : trace.probes) {
    if (!record.disproved.empty()) {
      forged.push_back(&record);
      finding.evidence.push_back(record.probe.id);
    }
  }
  if (forged.empty()) {
    return;
  }
  const auto nearest = std::ranges::min_element(
      forged, {}, [](const ProbeRecord* record) { return record->probe.ttl; });
  finding.last_hop = (*nearest)->probe.ttl;
  finding.first_hop = farthest_before(trace, finding.last_hop).value_or(finding.last_hop);
  finding.sentence =
      fmt::format("forged resets with the target's address: they answer probes {}", proof(forged));
  findings.push_back(std::move(finding));
}

void find_resets_on_path(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const model::PortState state = trace.verdict.state;
  const bool is_reset = state == model::PortState::Closed || state == model::PortState::Unfiltered;
  if (!is_reset || rows.size() < 2) {
    return;
  }
  const Hop& target = rows.back();
  const Hop& before = rows[rows.size() - 2];
  const auto resets = routers_on_return(target, ReplyKind::Rst);
  const auto reports = routers_on_return(before, ReplyKind::TimeExceeded);
  const bool as_far_as_router = resets && resets == reports && reports == before.ttl.value() - 1
                                && target.ttl == trace.verdict.distance;
  if (!as_far_as_router) {
    return;
  }
  findings.push_back(
      {.kind = FindingKind::ResetOnTheWay,
       .first_hop = before.ttl,
       .last_hop = target.ttl,
       .certainty = Certainty::Possible,
       .sentence = fmt::format(
           "the resets pass as many routers on the return path as the answers of hop {}: a firewall there may send them with the target's address",
           before.ttl.value()),
       .evidence = evidence(target)});
}

}  // namespace synroute::infer
