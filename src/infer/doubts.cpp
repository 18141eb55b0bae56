// SPDX-License-Identifier: Apache-2.0
#include "infer/doubts.hpp"

#include "model/reply_meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace synroute::infer {
namespace {

using model::Finding;
using model::FindingKind;

std::string unattributed_sentence(const model::Unattributed& answers) {
  const bool is_reset = answers.kind == model::ReplyKind::Rst;
  const std::string fact = fmt::format(
      "{} with the target's address and without the number of any probe arrived{}",
      is_reset ? "resets" : "SYN or ACK segments",
      answers.asked > 0
          ? fmt::format(
                ", and {} further SYNs did not show that the target sends them", answers.asked)
          : std::string{});
  if (answers.strays == 0) {
    return fact + ": they decide nothing";
  }
  return fmt::format(
      "{}; at least {} came to ports that were not used or when no answer was due: somebody may be forging them",
      fact,
      answers.strays);
}

std::string_view what(const model::Reply& reply) {
  switch (reply.kind) {
    case model::ReplyKind::TimeExceeded: return "time exceeded";
    case model::ReplyKind::Unreachable: return "unreachable";
    case model::ReplyKind::SynAck: return "SYN|ACK";
    case model::ReplyKind::Rst: return "RST";
    case model::ReplyKind::Ack: return "ACK";
  }
  std::unreachable();
}

/// Linux ends a connection that is being made with the first ICMP unreachable that shows its
/// sequence number.
std::string_view judgement(const model::Reply& own, const model::Rival& rival) {
  if (rival.is_disproved) {
    return "the latter shows fewer of its numbers and is disregarded";
  }
  const bool ends_connections = own.kind == model::ReplyKind::SynAck
                                && rival.reply.kind == model::ReplyKind::Unreachable
                                && !rival.reply.next_hop_mtu && rival.reply.received < own.received;
  return ends_connections
             ? "the latter came first, and a connection that gets it before the SYN|ACK fails at once"
             : "both show its numbers, and nothing tells which is genuine";
}

}  // namespace

void find_unattributed_answers(const model::Trace& trace, std::vector<Finding>& findings) {
  for (const model::Unattributed& answers : trace.unattributed) {
    findings.push_back(
        {.kind = FindingKind::UnattributedAnswers,
         .certainty = model::Certainty::Possible,
         .sentence = unattributed_sentence(answers)});
  }
}

void find_contradicting_answers(const model::Trace& trace, std::vector<Finding>& findings) {
  using Rivalry = std::pair<IpAddress, bool>;  // from, disproved
  std::map<Rivalry, Finding> found;
  for (const model::ProbeRecord& record : trace.probes) {
    const model::Reply* own = record.reply();
    if (own == nullptr) {
      continue;
    }
    for (const model::Rival& rival : record.rivals) {
      const auto [place, is_first] = found.try_emplace(
          {rival.reply.from, rival.is_disproved},
          Finding{.kind = FindingKind::ContradictingAnswers});
      Finding& finding = place->second;
      if (record.probe.role == model::ProbeRole::Hop) {
        const Ttl ttl = record.probe.ttl;
        finding.first_hop = finding.last_hop == Ttl{0} ? ttl : std::min(finding.first_hop, ttl);
        finding.last_hop = std::max(finding.last_hop, ttl);
      }
      finding.evidence.push_back(record.probe.id);
      if (is_first) {
        finding.sentence = fmt::format(
            "{} ({}) and {} ({}) answered the same probe: {}",
            own->from.to_string(),
            what(*own),
            rival.reply.from.to_string(),
            what(rival.reply),
            judgement(*own, rival));
      }
    }
  }
  for (auto& [rivalry, finding] : found) {
    findings.push_back(std::move(finding));
  }
}

}  // namespace synroute::infer
