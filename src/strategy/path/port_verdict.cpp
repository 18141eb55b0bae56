// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/port_verdict.hpp"

#include "model/limits.hpp"
#include "model/reply_meaning.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using model::ProbeRecord;
using model::ReplyKind;

/// More than any distance for a probe with a full TTL.
int reach_of(const model::Probe& probe) {
  return probe.role == model::ProbeRole::Hop ? probe.ttl.value() : model::kTtlMax + 1;
}

/// The forged reset came before the SYN|ACK of the same probe: a connection would have taken it.
bool reset_wins(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  const bool accepted_first = reply != nullptr && reply->kind == ReplyKind::SynAck
                              && !record.disproved.empty()
                              && reply->received < record.disproved.front().received;
  return !record.disproved.empty() && !accepted_first;
}

/// The probe whose forged reset decides; nothing where there are none, or where those that the
/// target accepted were accepted before the reset came.
std::optional<ProbeId> decisive_forgery(const engine::Ledger& ledger) {
  const auto accepted = [](const ProbeRecord& record) {
    return record.reply() != nullptr && record.reply()->kind == ReplyKind::SynAck;
  };
  const bool any_accepted = std::ranges::any_of(ledger.records(), accepted);
  const auto decisive = std::ranges::find_if(ledger.records(), [&](const ProbeRecord& record) {
    return reset_wins(record) && (!any_accepted || accepted(record));
  });
  return decisive != ledger.records().end() ? std::optional{decisive->probe.id} : std::nullopt;
}

/// The first report that the target is unreachable, which no router beyond disproves; null without
/// one.
const ProbeRecord* find_unreachable(const engine::Ledger& ledger) {
  const auto kind_is = [](const ProbeRecord& record, ReplyKind kind) {
    return record.reply() != nullptr && record.reply()->kind == kind;
  };
  const ProbeRecord* first = nullptr;
  for (const ProbeRecord& record : ledger.records()) {
    const bool is_earlier =
        kind_is(record, ReplyKind::Unreachable)
        && (first == nullptr || record.reply()->received < first->reply()->received);
    const bool is_disproved =
        is_earlier && std::ranges::any_of(ledger.records(), [&](const ProbeRecord& other) {
          return other.probe.flow == record.probe.flow && other.probe.ttl > record.probe.ttl
                 && kind_is(other, ReplyKind::TimeExceeded);
        });
    if (is_earlier && !is_disproved) {
      first = &record;
    }
  }
  return first;
}

}  // namespace

void PortVerdict::add(const ProbeRecord& record) {
  add(record.probe.id, *record.reply());
  if (record.reply()->kind == ReplyKind::Rst) {
    farthest_reset_ = std::max(farthest_reset_, reach_of(record.probe));
  }
  if (const model::Reply* segment = record.rival_segment()) {
    add(record.probe.id, *segment);
  }
}

void PortVerdict::add(ProbeId id, const model::Reply& reply) {
  heard_target = heard_target || reply.is_tcp();
  heard_tcp = heard_tcp || reply.is_tcp();
  if (reply.kind == ReplyKind::SynAck) {
    heard_open = true;
    open_by_ = open_by_.value_or(id);
  } else if (reply.kind == ReplyKind::Rst) {
    reset_by_ = reset_by_.value_or(id);
  }
}

model::Verdict PortVerdict::verdict(
    std::optional<int> distance, bool confirm_reset, const engine::Ledger& ledger) const {
  model::Verdict verdict;
  verdict.state = ledger.counters().sent > 0
                      ? model::state_of_silence(ledger.records().front().probe.flags)
                      : model::PortState::NotTested;
  const bool believable = !confirm_reset || !distance || !only_resets_at(*distance);
  if (const auto forged_by = decisive_forgery(ledger)) {
    verdict.state = model::PortState::Rejected;
    verdict.decided_by = forged_by;
  } else if (open_by_) {
    verdict.state = model::PortState::Open;
    verdict.decided_by = open_by_;
    verdict.ecn = model::agrees_to_ecn(*ledger.record(*open_by_).reply());
  } else if (reset_by_ && believable) {
    verdict.state = model::state_of_reset(ledger.record(*reset_by_).probe.flags);
    verdict.decided_by = reset_by_;
  } else if (const ProbeRecord* unreachable = find_unreachable(ledger)) {
    verdict.state = model::state_of_unreachable(*unreachable->reply());
    verdict.decided_by = unreachable->probe.id;
  }
  if (distance) {
    verdict.distance = ttl_of(*distance);
  }
  verdict.reached = heard_target || distance.has_value();
  return verdict;
}

}  // namespace synroute::strategy
