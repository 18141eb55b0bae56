// SPDX-License-Identifier: Apache-2.0
#include "model/trace.hpp"

namespace synroute::model {

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
  return forged ? &record->disproved.front() : record->reply();
}

}  // namespace synroute::model
