// SPDX-License-Identifier: Apache-2.0
#include "present/native/not_sent_text.hpp"

#include "model/waited.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::present {
namespace {

/// The next hop does not answer: known by its address, since it is the gateway or the target.
std::string no_neighbour_sentence(const model::Trace& trace) {
  const auto& elsewhere = trace.source.missing_hop;
  const IpAddress next_hop =
      elsewhere ? elsewhere->address : trace.source.gateway.value_or(trace.target.address);
  return fmt::format(
      "unreachable: {} does not answer {} on {}: nothing left this host (waited {}){}",
      next_hop.to_string(),
      next_hop.family() == Family::V4 ? "ARP" : "neighbour discovery",
      elsewhere ? elsewhere->interface : trace.source.interface,
      model::wait_text(trace.duration),
      elsewhere ? "; the route does not lead there, so it seems that rules of this host do" : "");
}

std::string no_link_sentence(const model::Trace& trace) {
  const bool no_carrier = std::ranges::any_of(trace.probes, [](const model::ProbeRecord& record) {
    return record.refusal() == model::Refusal::NoCarrier;
  });
  return no_carrier
             ? fmt::format(
                   "unreachable: {} has no carrier: nothing left this host", trace.source.interface)
             : no_neighbour_sentence(trace);
}

}  // namespace

std::string not_sent_sentence(const model::Trace& trace) {
  if (trace.verdict.state == model::PortState::Unreachable) {
    return no_link_sentence(trace);
  }
  std::string reasons;
  for (const auto& [refusal, probes] : refused_probes(trace)) {
    reasons += (reasons.empty() ? ": " : ", ") + explain(refusal);
  }
  return fmt::format("not sent: this host sent no probe to {}{}", port_text(trace.target), reasons);
}

}  // namespace synroute::present
