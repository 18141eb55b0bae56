// SPDX-License-Identifier: Apache-2.0
#include "infer/scan.hpp"

#include "model/port_groups.hpp"
#include "model/port_list.hpp"

#include <fmt/format.h>

namespace synroute::infer {
namespace {

using model::PortGroup;
using model::PortResult;
using model::PortState;

std::vector<ProbeId> evidence(const std::vector<const PortResult*>& results) {
  std::vector<ProbeId> ids;
  for (const PortResult* result : results) {
    if (result->decided_by) {
      ids.push_back(*result->decided_by);
    }
  }
  return ids;
}

/// Random high ports that nobody offers a service on are open.
void everything_answered(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<const PortResult*> controls;
  std::vector<Port> ports;
  for (const PortResult& result : trace.ports) {
    if (result.control && result.state == PortState::Open) {
      controls.push_back(&result);
      ports.push_back(result.port);
    }
  }
  if (controls.empty()) {
    return;
  }
  const auto& fate = controls.front()->fate;
  const Ttl hop = fate && fate->first_stopped ? *fate->first_stopped : Ttl{0};
  const std::string where =
      hop.value() > 0 ? fmt::format(", from hop {}", hop.value()) : std::string{};
  findings.push_back(
      {.kind = "answers_every_port",
       .first_hop = hop,
       .last_hop = hop,
       .certainty = model::Certainty::Likely,
       .sentence = fmt::format(
           "random high ports ({}) are answered as well{}: something answers for the host "
           "whatever the port, \"open\" says nothing here",
           model::port_list(ports),
           where),
       .evidence = evidence(controls)});
}

}  // namespace

std::vector<model::Finding> infer_scan(const model::Trace& trace) {
  std::vector<model::Finding> findings;
  everything_answered(trace, findings);
  for (const PortGroup& group : model::group_ports(trace)) {
    if (group.kind == PortGroup::Kind::Nearer) {
      findings.push_back(
          {.kind = "answered_nearer",
           .first_hop = *group.fate->first_stopped,
           .last_hop = *group.fate->first_stopped,
           .certainty = model::Certainty::Likely,
           .sentence = model::port_list(group.ports) + " " + group.sentence,
           .evidence = group.decided_by ? std::vector{*group.decided_by} : std::vector<ProbeId>{}});
    }
  }
  return findings;
}

}  // namespace synroute::infer
