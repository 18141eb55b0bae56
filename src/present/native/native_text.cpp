// SPDX-License-Identifier: Apache-2.0
#include "present/native/native_text.hpp"

#include "base/text.hpp"
#include "present/json/json_parts.hpp"
#include "present/native/closing.hpp"
#include "present/native/row_text.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace synroute::present {
namespace {

/// The column at which the sentences of findings begin.
constexpr std::size_t kSentenceColumn = 13;

/// "hop 3", "hops 3-4", "target", "this host": what a finding is about.
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

/// "  hop 3      likely: SENTENCE".
std::string finding_line(const model::Finding& finding) {
  const std::string certainty = finding.certainty == model::Certainty::Certain
                                    ? ""
                                    : fmt::format("{}: ", name(finding.certainty));
  return fmt::format(
      "  {:<9}  {}{}", place_of(finding), certainty, sanitise(finding.sentence, 1000));
}

}  // namespace

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

std::vector<std::string> closing_lines(
    const model::Trace& trace, const Palette& palette, std::size_t columns) {
  const std::string sentence = closing_sentence(trace);
  const std::string word = sentence.substr(0, sentence.find_first_of(":;"));
  const bool decided = sentence.starts_with(name(trace.verdict.state));
  std::vector<std::string> lines = wrapped(sentence, columns, 2);
  if (lines.front().starts_with(word)) {
    lines.front().replace(
        0, word.size(), decided ? palette.state(trace.verdict.state, word) : palette.bad(word));
  }
  const auto add = [&](std::string_view line) {
    std::ranges::move(wrapped(line, columns, kSentenceColumn), std::back_inserter(lines));
  };
  for (const model::Finding& finding : trace.findings) {
    if (finding.kind != model::FindingKind::NotSent) {
      add(finding_line(finding));  // local_losses(), or the closing sentence, has the same text
    }
  }
  for (const std::string& loss : local_losses(trace)) {
    add(fmt::format("  {:<9}  {}", "this host", loss));
  }
  return lines;
}

}  // namespace synroute::present
