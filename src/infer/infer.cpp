// SPDX-License-Identifier: Apache-2.0
#include "infer/infer.hpp"

#include "infer/doubts.hpp"
#include "infer/ignored_resets.hpp"
#include "infer/no_answers.hpp"
#include "infer/own_host.hpp"
#include "infer/resets.hpp"
#include "infer/rows.hpp"
#include "infer/scan.hpp"
#include "infer/silence.hpp"
#include "infer/ttl_rewritten.hpp"

#include <algorithm>
#include <tuple>

namespace synroute::infer {

std::vector<model::Finding> infer(const model::Trace& trace) {
  if (!trace.ports.empty()) {
    return infer_scan(trace);
  }
  const Rows rows = model::hops(trace);
  std::vector<model::Finding> findings;
  find_not_sent(trace, findings);
  find_local_firewall(trace, findings);
  find_own_nat(trace, findings);
  find_own_ttl(trace, findings);
  find_undelivered_answers(trace, findings);
  find_nothing_came_back(trace, rows, findings);
  if (!find_no_reports(trace, rows, findings)) {
    find_silence(rows, findings);
  }
  find_ttl_rewritten(trace, rows, findings);
  find_forged_resets(trace, findings);
  find_contradicting_answers(trace, findings);
  find_unattributed_answers(trace, findings);
  find_resets_on_path(trace, rows, findings);
  find_ignored_resets(trace, findings);
  find_load_balancing(rows, findings);
  find_routing_loop(rows, findings);
  find_destination_nat(trace, rows, findings);
  find_rewrites(rows, findings);
  std::ranges::stable_sort(findings, [](const model::Finding& left, const model::Finding& right) {
    return std::tie(left.first_hop, left.last_hop) < std::tie(right.first_hop, right.last_hop);
  });
  return findings;
}

}  // namespace synroute::infer
