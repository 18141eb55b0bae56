// SPDX-License-Identifier: Apache-2.0
#include "infer/resets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
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

/// The farthest hop that answered probes that met no forger.
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

std::string proof(const std::vector<const ProbeRecord*>& forged) {
  const bool accepted = answered(forged, ReplyKind::SynAck);
  const bool expired = answered(forged, ReplyKind::TimeExceeded);
  if (accepted && expired) {
    return "probes that it accepted or that never reached it";
  }
  return accepted ? "probes that it accepted" : "probes that never reached it";
}

/// How many routers the answers of this kind in a row passed on their way back, when they agree.
std::optional<int> way_back(const Hop& row, ReplyKind kind) {
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

void forged_resets(const model::Trace& trace, std::vector<Finding>& findings) {
  std::vector<const ProbeRecord*> forged;
  Finding finding{.kind = "forged_resets"};
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
  finding.sentence = fmt::format(
      "somebody sends resets in the name of the target: they came for {}", proof(forged));
  findings.push_back(std::move(finding));
}

void resets_from_the_way(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  if (trace.verdict.state != model::PortState::Closed || rows.size() < 2) {
    return;
  }
  const Hop& target = rows.back();
  const Hop& before = rows[rows.size() - 2];
  const auto resets = way_back(target, ReplyKind::Rst);
  const auto reports = way_back(before, ReplyKind::TimeExceeded);
  const bool as_far_as_router = resets && resets == reports && reports == before.ttl.value() - 1
                                && target.ttl == trace.verdict.distance;
  if (!as_far_as_router) {
    return;
  }
  findings.push_back(
      {.kind = "reset_on_the_way",
       .first_hop = before.ttl,
       .last_hop = target.ttl,
       .certainty = Certainty::Possible,
       .sentence = fmt::format(
           "the resets come over as many routers as the answers of hop {}: it may be a firewall "
           "there that sends them in the name of the target",
           before.ttl.value()),
       .evidence = evidence(target)});
}

}  // namespace synroute::infer
