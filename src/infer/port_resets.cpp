// SPDX-License-Identifier: Apache-2.0
// Forged resets of the ports of a scan.
#include "infer/resets.hpp"
#include "model/port_list.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>

namespace synroute::infer {
namespace {

double in_milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Ports with the same contradicting answer.
struct ForgedPorts {
  std::vector<Port> ports;
  std::vector<ProbeId> evidence;
};

/// What contradicts the reset of this probe, and when both came.
std::string both_answers(const model::ProbeRecord& record) {
  const model::Reply& reply = *record.reply();
  const std::string genuine = reply.kind == model::ReplyKind::SynAck
                                  ? std::string{"the target's SYN|ACK"}
                                  : fmt::format("the time exceeded of {}", reply.from.to_string());
  return fmt::format(
      "a reset with the target's address came {:.1f} ms after the SYN, {} to the same SYN {:.1f} ms after it",
      in_milliseconds(record.disproved.front().rtt),
      genuine,
      in_milliseconds(reply.rtt));
}

}  // namespace

void find_forged_resets_of_ports(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::map<model::ReplyKind, ForgedPorts> by_proof;
  for (const model::PortResult& result : trace.ports) {
    const model::ProbeRecord* record = forged_by(trace, result);
    if (record != nullptr && !result.control) {
      ForgedPorts& forged = by_proof[record->reply()->kind];
      forged.ports.push_back(result.port);
      forged.evidence.push_back(record->probe.id);
    }
  }
  for (const auto& [kind, forged] : by_proof) {
    const model::ProbeRecord& first = trace.probes[forged.evidence.front().value()];
    const bool is_one = forged.ports.size() == 1;
    findings.push_back(
        {.kind = model::FindingKind::ForgedResets,
         .first_hop = {},
         .last_hop = {},
         .sentence = fmt::format(
             "{} {}: forged resets: {}{}",
             is_one ? "port" : "ports",
             model::port_list(forged.ports),
             is_one ? "" : fmt::format("at port {}, ", forged.ports.front().value()),
             both_answers(first)),
         .evidence = forged.evidence});
  }
}

}  // namespace synroute::infer
