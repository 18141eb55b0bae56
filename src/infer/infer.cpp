// SPDX-License-Identifier: Apache-2.0
#include "infer/infer.hpp"

#include "infer/no_answers.hpp"
#include "infer/resets.hpp"
#include "infer/rows.hpp"
#include "infer/scan.hpp"

#include <algorithm>
#include <tuple>

namespace synroute::infer {

std::vector<model::Finding> infer(const model::Trace& trace) {
  if (!trace.ports.empty()) {
    return infer_scan(trace);
  }
  const Rows rows = model::hops(trace);
  std::vector<model::Finding> findings;
  not_sent(trace, findings);
  local_firewall(trace, findings);
  nothing_came_back(trace, rows, findings);
  if (!no_reports(trace, rows, findings)) {
    silence(rows, findings);
  }
  ttl_rewritten(trace, findings);
  forged_resets(trace, findings);
  resets_from_the_way(trace, rows, findings);
  load_balancing(rows, findings);
  destination_nat(rows, trace.target.address, findings);
  rewrites(rows, findings);
  std::ranges::stable_sort(findings, [](const model::Finding& left, const model::Finding& right) {
    return std::tie(left.first_hop, left.last_hop) < std::tie(right.first_hop, right.last_hop);
  });
  return findings;
}

}  // namespace synroute::infer
