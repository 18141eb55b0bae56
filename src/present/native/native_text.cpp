// SPDX-License-Identifier: Apache-2.0
#include "present/native/native_text.hpp"

#include "base/text.hpp"
#include "present/json/json_parts.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

namespace synroute::present {

std::string heading(const model::Trace& trace) {
  const model::Target& target = trace.target;
  const std::string service =
      target.service.empty() ? "" : fmt::format(" ({})", sanitise(target.service));
  const model::Source& source = trace.source;
  const std::string from =
      source.address.is_unspecified() ? "" : ", from " + source.address.to_string();
  const std::string via = source.interface.empty() ? "" : " via " + sanitise(source.interface);
  const std::string when = trace.method == model::Method::Replay
                               ? ", captured " + json::timestamp(trace.started_at)
                               : "";
  return fmt::format(
      "{} port {}{}{}{}{}", host_text(target), target.port.value(), service, from, via, when);
}

std::string place_of(const model::Finding& finding) {
  if (finding.last_hop == Ttl{0}) {
    const bool is_about_target = finding.kind == model::FindingKind::UnattributedAnswers
                                 || finding.kind == model::FindingKind::ContradictingAnswers
                                 || finding.kind == model::FindingKind::ResetIgnored;
    return is_about_target ? "target" : "this host";
  }
  return finding.first_hop == finding.last_hop
             ? fmt::format("hop {}", finding.first_hop.value())
             : fmt::format("hops {}-{}", finding.first_hop.value(), finding.last_hop.value());
}

std::string finding_line(const model::Finding& finding) {
  const std::string certainty = finding.certainty == model::Certainty::Certain
                                    ? ""
                                    : fmt::format("{}: ", name(finding.certainty));
  return fmt::format(
      "  {:<9}  {}{}", place_of(finding), certainty, sanitise(finding.sentence, 1000));
}

}  // namespace synroute::present
