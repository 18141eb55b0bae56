// SPDX-License-Identifier: Apache-2.0
#include "model/trace.hpp"

#include <algorithm>

namespace synroute::model {

const Reply* reply_to(const Trace& trace, std::optional<ProbeId> probe) {
  const bool known = probe && probe->value() < trace.probes.size();
  return known ? trace.probes[probe->value()].reply() : nullptr;
}

Delivery delivery_of(const Trace& trace, std::optional<ProbeId> probe) {
  return reply_to(trace, probe) != nullptr ? trace.probes[probe->value()].delivery
                                           : Delivery::NotTested;
}

const ProbeRecord* deciding_probe(const Trace& trace) {
  const auto& id = trace.verdict.decided_by;
  return id && id->value() < trace.probes.size() ? &trace.probes[id->value()] : nullptr;
}

const Reply* deciding_reply(const Trace& trace) {
  const ProbeRecord* record = deciding_probe(trace);
  if (record == nullptr) {
    return nullptr;
  }
  const bool forged = trace.verdict.state == PortState::Rejected && !record->disproved.empty();
  if (forged) {
    return &record->disproved.front();
  }
  const bool is_by_segment =
      trace.verdict.state == PortState::Open || trace.verdict.state == PortState::Closed;
  const Reply* segment = is_by_segment ? record->rival_segment() : nullptr;
  return segment != nullptr ? segment : record->reply();
}

const ProbeRecord* forged_by(const Trace& trace, const PortResult& result) {
  const bool is_known = result.state == PortState::Rejected && result.decided_by
                        && result.decided_by->value() < trace.probes.size();
  const ProbeRecord* record = is_known ? &trace.probes[result.decided_by->value()] : nullptr;
  return record != nullptr && !record->disproved.empty() && record->reply() != nullptr ? record
                                                                                       : nullptr;
}

const Reply* deciding_reply(const Trace& trace, const PortResult& result) {
  const ProbeRecord* forged = forged_by(trace, result);
  return forged != nullptr ? &forged->disproved.front() : reply_to(trace, result.decided_by);
}

std::map<Refusal, std::vector<const ProbeRecord*>> refused_probes(const Trace& trace) {
  std::map<Refusal, std::vector<const ProbeRecord*>> result;
  for (const ProbeRecord& record : trace.probes) {
    if (const auto refusal = record.refusal()) {
      result[*refusal].push_back(&record);
    }
  }
  return result;
}

bool has_finding(const Trace& trace, FindingKind kind) {
  return std::ranges::find(trace.findings, kind, &Finding::kind) != trace.findings.end();
}

}  // namespace synroute::model
