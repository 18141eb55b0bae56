// SPDX-License-Identifier: Apache-2.0
#include "infer/scan.hpp"

#include "infer/doubts.hpp"
#include "infer/ignored_resets.hpp"
#include "infer/own_host.hpp"
#include "infer/resets.hpp"
#include "infer/rows.hpp"
#include "model/port_groups.hpp"
#include "model/port_list.hpp"
#include "model/port_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::infer {
namespace {

using model::FindingKind;
using model::PortGroup;
using model::PortResult;
using model::PortState;

std::vector<ProbeId> evidence_of(const std::vector<const PortResult*>& results) {
  std::vector<ProbeId> ids;
  for (const PortResult* result : results) {
    if (result->decided_by) {
      ids.push_back(*result->decided_by);
    }
  }
  return ids;
}

/// Random high ports are open although services rarely listen there.
void find_answers_every_port(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<const PortResult*> controls;
  std::vector<Port> ports;
  for (const PortResult& result : trace.ports) {
    const bool is_open = result.state == PortState::Open && !model::is_redirected(trace, result);
    if (result.control && is_open) {
      controls.push_back(&result);
      ports.push_back(result.port);
    }
  }
  if (controls.empty()) {
    return;
  }
  const auto& reach = controls.front()->reach;
  const Ttl hop = reach && reach->first_stopped ? *reach->first_stopped : Ttl{0};
  const std::string where =
      hop.value() > 0 ? fmt::format(", answered at hop {}", hop.value()) : std::string{};
  findings.push_back(
      {.kind = FindingKind::AnswersEveryPort,
       .first_hop = hop,
       .last_hop = hop,
       .certainty = model::Certainty::Likely,
       .sentence = fmt::format(
           "random high ports ({}) are open too{}: a middlebox answers for the host on every port, so \"open\" means nothing here",
           model::port_list(ports),
           where),
       .evidence = evidence_of(controls)});
}

void find_answered_nearer(const model::Trace& trace, std::vector<model::Finding>& findings) {
  for (const PortGroup& group : model::group_ports(trace)) {
    if (group.kind != PortGroup::Kind::Nearer) {
      continue;
    }
    findings.push_back(
        {.kind = FindingKind::AnsweredNearer,
         .first_hop = *group.reach->first_stopped,
         .last_hop = *group.reach->first_stopped,
         .certainty = model::Certainty::Likely,
         .sentence = fmt::format(
             "{} {}: {}",
             group.ports.size() == 1 ? "port" : "ports",
             model::port_list(group.ports),
             group.sentence),
         .evidence = group.decided_by ? std::vector{*group.decided_by} : std::vector<ProbeId>{}});
  }
}

/// The same finding as that of a trace, for the ports whose probes end in the loop.
void find_loop_of_ports(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<Port> ports;
  for (const PortGroup& group : model::group_ports(trace)) {
    if (group.loop_from) {
      ports.insert(ports.end(), group.ports.begin(), group.ports.end());
    }
  }
  if (ports.empty()) {
    return;
  }
  std::ranges::sort(ports);
  std::vector<model::Finding> found;
  find_routing_loop(model::rows_of_ports(trace), found);
  for (model::Finding& finding : found) {
    finding.sentence = fmt::format(
        "{} {}: {}",
        ports.size() == 1 ? "port" : "ports",
        model::port_list(ports),
        finding.sentence);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

std::vector<model::Finding> infer_scan(const model::Trace& trace) {
  std::vector<model::Finding> findings;
  find_own_nat_of_ports(trace, findings);
  find_undelivered_ports(trace, findings);
  find_forged_resets_of_ports(trace, findings);
  find_answers_every_port(trace, findings);
  find_answered_nearer(trace, findings);
  find_loop_of_ports(trace, findings);
  find_ports_with_ignored_resets(trace, findings);
  find_contradicting_answers(trace, findings);
  find_unattributed_answers(trace, findings);
  return findings;
}

}  // namespace synroute::infer
