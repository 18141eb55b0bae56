// SPDX-License-Identifier: Apache-2.0
#include "infer/ignored_resets.hpp"

#include "model/port_list.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace synroute::infer {
namespace {

using model::FindingKind;
using model::PortState;
using model::ProbeRecord;

constexpr std::string_view kMeaning =
    "without ACK, which TCP ignores while it connects (RFC 9293 section 3.10.7.3): a connection is not refused but times out";

/// A reset to a SYN; absent for any other answer.
std::optional<bool> carries_ack(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  const bool is_reset = reply != nullptr && reply->kind == model::ReplyKind::Rst
                        && record.probe.flags.has(wire::TcpFlag::Syn);
  return is_reset ? std::optional{reply->flags.has(wire::TcpFlag::Ack)} : std::nullopt;
}

}  // namespace

void find_ignored_resets(const model::Trace& trace, std::vector<model::Finding>& findings) {
  if (trace.verdict.state != PortState::Closed) {
    return;
  }
  std::vector<ProbeId> evidence;
  for (const ProbeRecord& record : trace.probes) {
    const auto with_ack = carries_ack(record);
    if (with_ack == true) {
      return;
    }
    if (with_ack == false) {
      evidence.push_back(record.probe.id);
    }
  }
  if (evidence.empty()) {
    return;
  }
  const Ttl hop = trace.verdict.distance.value_or(Ttl{0});
  findings.push_back(
      {.kind = FindingKind::ResetIgnored,
       .first_hop = hop,
       .last_hop = hop,
       .sentence = fmt::format("the target sends resets {}", kMeaning),
       .evidence = std::move(evidence)});
}

void find_ports_with_ignored_resets(
    const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<Port> ports;
  std::vector<ProbeId> evidence;
  for (const model::PortResult& result : trace.ports) {
    if (result.state != PortState::Closed || !result.decided_by || result.control) {
      continue;
    }
    if (carries_ack(trace.probes.at(result.decided_by->value())) == false) {
      ports.push_back(result.port);
      evidence.push_back(*result.decided_by);
    }
  }
  if (ports.empty()) {
    return;
  }
  findings.push_back(
      {.kind = FindingKind::ResetIgnored,
       .first_hop = {},
       .last_hop = {},
       .sentence = fmt::format(
           "{} {}: the target sends resets {}",
           ports.size() == 1 ? "port" : "ports",
           model::port_list(ports),
           kMeaning),
       .evidence = std::move(evidence)});
}

}  // namespace synroute::infer
