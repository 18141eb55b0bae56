// SPDX-License-Identifier: Apache-2.0
#include "infer/no_answers.hpp"

#include "infer/own_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::FindingKind;
using model::ProbeRecord;

/// A finding about probes, spanning their TTLs.
Finding finding_about(FindingKind kind, const std::vector<const ProbeRecord*>& records) {
  Finding finding{.kind = kind};
  for (const ProbeRecord* record : records) {
    const Ttl ttl = record->probe.ttl;
    finding.first_hop = finding.evidence.empty() ? ttl : std::min(finding.first_hop, ttl);
    finding.last_hop = std::max(finding.last_hop, ttl);
    finding.evidence.push_back(record->probe.id);
  }
  return finding;
}

template <class Test>
std::vector<const ProbeRecord*> select(const model::Trace& trace, Test test) {
  std::vector<const ProbeRecord*> result;
  for (const ProbeRecord& record : trace.probes) {
    if (std::invoke(test, record)) {
      result.push_back(&record);
    }
  }
  return result;
}

/// Probes that a device of this host was given; where that cannot be seen, all that were sent.
std::size_t seen_leaving(const model::Trace& trace) {
  const bool can_tell = trace.method == model::Method::Raw;
  return static_cast<std::size_t>(
      std::ranges::count_if(trace.probes, [can_tell](const ProbeRecord& record) {
        return can_tell ? record.probe.has_departed : record.is_lost();
      }));
}

std::string nothing_came_back_sentence(const model::Trace& trace, std::size_t probes) {
  if (trace.counters.unmatched > 0) {
    return fmt::format(
        "{} answers arrived that match no probe: a device near this host rewrites packets and does not translate the probes quoted in ICMP errors back, or somebody forges answers",
        trace.counters.unmatched);
  }
  if (trace.method == model::Method::Connect) {
    return fmt::format(
        "{} probes and no answer, not even from the first router; only raw packets can tell whether they left this host and whether its firewall drops the answers",
        probes);
  }
  if (trace.target.address == trace.source.address) {
    return fmt::format(
        "{} probes and no answer: the target is this host, whose own firewall may drop them",
        probes);
  }
  const std::size_t seen = seen_leaving(trace);
  if (seen == 0) {
    return fmt::format(
        "none of the {} probes was seen leaving this host: they may wait for a next hop that does not answer ARP or neighbour discovery, or be dropped behind routing",
        probes);
  }
  if (seen < probes) {
    return fmt::format(
        "{} of {} probes {} seen leaving this host and no answer arrived, not even from the first router",
        seen,
        probes,
        seen == 1 ? "was" : "were");
  }
  return fmt::format(
      "all {} probes left this host and no answer arrived, not even from the first router; the local firewall's rules are not the cause, since answers are seen before them: check ingress filters, the link and the next device",
      probes);
}

/// A copy of a probe may have been missed: that none was seen proves nothing.
Certainty certainty_of_nothing(const model::Trace& trace, std::size_t probes) {
  return trace.counters.unmatched > 0 || seen_leaving(trace) < probes ? Certainty::Possible
                                                                      : Certainty::Certain;
}

std::string no_reports_sentence(const model::Trace& trace) {
  const std::string fact = "the target answers but no router on the path reports: ";
  if (trace.counters.unmatched > 0) {
    return fmt::format(
        "{}{} answers arrived that match no probe, so the probes quoted in ICMP errors are not translated back, or somebody forges answers",
        fact,
        trace.counters.unmatched);
  }
  return fact
         + (trace.method == model::Method::Connect
                ? "ICMP errors do not reach this host, or the local firewall drops them, which only raw sockets can tell"
                : "a device near this host drops ICMP errors; it is not the local firewall's rules");
}

}  // namespace

void find_not_sent(const model::Trace& trace, std::vector<Finding>& findings) {
  for (const auto& [refusal, records] : refused_probes(trace)) {
    Finding finding = finding_about(FindingKind::NotSent, records);
    finding.sentence = "this host " + not_sent_text(refusal, records.size());
    findings.push_back(std::move(finding));
  }
}

void find_local_firewall(const model::Trace& trace, std::vector<Finding>& findings) {
  const auto errors = select(trace, [](const ProbeRecord& record) {
    return record.reply() != nullptr && !record.reply()->is_tcp();
  });
  if (trace.counters.dropped_by_firewall == 0 || errors.empty()) {
    return;
  }
  Finding finding = finding_about(FindingKind::LocalFirewall, errors);
  finding.sentence = fmt::format(
      "{} drops ICMP errors, at least {} of these: they were captured before that, other programs on this host do not receive them{}",
      trace.counters.reverse_path_drops > 0 ? "this host" : "the local firewall",
      trace.counters.dropped_by_firewall,
      reverse_path_text(trace));
  findings.push_back(std::move(finding));
}

void find_nothing_came_back(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const auto lost = select(trace, &ProbeRecord::is_lost);
  const bool all = !trace.probes.empty() && lost.size() == trace.probes.size();
  if (!all || rows.empty() || trace.verdict.stop == model::StopReason::Interrupted) {
    return;
  }
  Finding finding = finding_about(FindingKind::NothingCameBack, lost);
  finding.first_hop = rows.front().ttl;
  finding.last_hop = rows.back().ttl;
  finding.certainty = certainty_of_nothing(trace, lost.size());
  finding.sentence = nothing_came_back_sentence(trace, lost.size());
  findings.push_back(std::move(finding));
}

bool find_no_reports(const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const auto& distance = trace.verdict.distance;
  constexpr int kTooFewToTell = 3;
  if (!distance || distance->value() - trace.first_ttl < kTooFewToTell) {
    return false;
  }
  const auto before =
      select(trace, [&](const ProbeRecord& record) { return record.probe.ttl < *distance; });
  const bool all_lost = std::ranges::all_of(before, &ProbeRecord::is_lost);
  if (!all_lost || before.empty() || rows.empty()) {
    return false;
  }
  Finding finding = finding_about(FindingKind::NoReports, before);
  finding.certainty = Certainty::Likely;
  finding.sentence = no_reports_sentence(trace);
  findings.push_back(std::move(finding));
  return true;
}

}  // namespace synroute::infer
