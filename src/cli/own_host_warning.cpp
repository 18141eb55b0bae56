// SPDX-License-Identifier: Apache-2.0
#include "cli/own_host_warning.hpp"

#include "model/finding.hpp"

namespace synroute::cli {

std::string own_host_warning(const tracer::Outcome& outcome) {
  std::string text;
  for (const model::Trace& trace : outcome.traces) {
    for (const model::Finding& finding : trace.findings) {
      if (finding.kind == model::FindingKind::OwnHostDropsAnswer) {
        text += "Warning: " + finding.sentence + "\n";
      }
    }
  }
  return text;
}

}  // namespace synroute::cli
