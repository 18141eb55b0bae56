// SPDX-License-Identifier: Apache-2.0
#include "model/trace.hpp"

namespace synroute::model {

const ProbeRecord* deciding_probe(const Trace& trace) {
  const auto& id = trace.verdict.decided_by;
  return id && id->value() < trace.probes.size() ? &trace.probes[id->value()] : nullptr;
}

}  // namespace synroute::model
