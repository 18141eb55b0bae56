// SPDX-License-Identifier: Apache-2.0
#include "cli/own_host_warning.hpp"

#include "model/finding.hpp"

#include <algorithm>
#include <optional>

namespace synroute::cli {
namespace {

bool has_sent_nothing(const model::Trace& trace) {
  return std::ranges::all_of(
      trace.probes, [](const model::ProbeRecord& record) { return record.refusal().has_value(); });
}

}  // namespace

std::string own_host_warning(const tracer::Outcome& outcome) {
  std::string text;
  for (const model::Trace& trace : outcome.traces) {
    const bool is_unsent = has_sent_nothing(trace);
    for (const model::Finding& finding : trace.findings) {
      const bool explains_rows = finding.kind == model::FindingKind::NotSent && is_unsent;
      if (explains_rows || finding.kind == model::FindingKind::OwnHostDropsAnswer) {
        text += "Warning: " + finding.sentence + "\n";
      }
    }
  }
  return text;
}

}  // namespace synroute::cli
