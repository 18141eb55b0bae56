// SPDX-License-Identifier: Apache-2.0
#include "infer/no_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::ProbeRecord;
using model::Refusal;

/// A finding about probes, spanning their TTLs.
Finding about(std::string_view kind, const std::vector<const ProbeRecord*>& records) {
  Finding finding{.kind = std::string{kind}};
  for (const ProbeRecord* record : records) {
    const Ttl ttl = record->probe.ttl;
    finding.first_hop = finding.evidence.empty() ? ttl : std::min(finding.first_hop, ttl);
    finding.last_hop = std::max(finding.last_hop, ttl);
    finding.evidence.push_back(record->probe.id);
  }
  return finding;
}

template <class Test>
std::vector<const ProbeRecord*> those(const model::Trace& trace, Test test) {
  std::vector<const ProbeRecord*> result;
  for (const ProbeRecord& record : trace.probes) {
    if (test(record)) {
      result.push_back(&record);
    }
  }
  return result;
}

bool is_lost(const ProbeRecord& record) {
  return std::holds_alternative<model::Lost>(record.state);
}

/// An address that no neighbour of a privately numbered host has.
bool is_elsewhere(const IpAddress& target, const IpAddress& source) {
  return source.is_rfc1918() && target.family() == Family::V4 && !target.is_rfc1918()
         && !target.is_loopback() && !target.is_link_local();
}

/// What keeps the reports of routers away, as far as this host can tell.
std::string why_not(const model::Trace& trace) {
  if (trace.counters.unmatched > 0) {
    return fmt::format(
        " as they were; {} answers came that name no probe, so their quotes are not translated "
        "back",
        trace.counters.unmatched);
  }
  return trace.method == model::Method::Connect
             ? ", or its own firewall drops them, which only raw packets could tell"
             : ", something near drops them; it is not this host's own firewall";
}

}  // namespace

void not_sent(const model::Trace& trace, std::vector<Finding>& findings) {
  std::map<Refusal, std::vector<const ProbeRecord*>> refused;
  for (const ProbeRecord& record : trace.probes) {
    if (const auto refusal = record.refusal()) {
      refused[*refusal].push_back(&record);
    }
  }
  for (const auto& [refusal, records] : refused) {
    Finding finding = about("not_sent", records);
    finding.sentence = fmt::format(
        "this host did not send {} {}: {}",
        records.size(),
        records.size() == 1 ? "probe" : "probes",
        explain(refusal));
    findings.push_back(std::move(finding));
  }
}

void local_firewall(const model::Trace& trace, std::vector<Finding>& findings) {
  const auto reported = those(trace, [](const ProbeRecord& record) {
    return record.reply() != nullptr && !record.reply()->is_tcp();
  });
  if (trace.counters.dropped_by_firewall == 0 || reported.empty()) {
    return;
  }
  Finding finding = about("local_firewall", reported);
  finding.sentence = fmt::format(
      "this host's own firewall drops ICMP errors, {} of these at least: they were heard in front "
      "of "
      "it, and no other program here learns of them",
      trace.counters.dropped_by_firewall);
  findings.push_back(std::move(finding));
}

void nothing_came_back(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const auto lost = those(trace, is_lost);
  const bool all = !trace.probes.empty() && lost.size() == trace.probes.size();
  if (!all || rows.empty() || trace.verdict.stop == model::StopReason::Interrupted) {
    return;
  }
  Finding finding = about("nothing_came_back", lost);
  finding.first_hop = rows.front().ttl;
  finding.last_hop = rows.back().ttl;
  if (trace.counters.unmatched > 0) {
    finding.certainty = Certainty::Possible;
    finding.sentence = fmt::format(
        "{} answers came that name no probe: something near rewrites packets and does not "
        "translate "
        "what errors quote back",
        trace.counters.unmatched);
  } else if (trace.method == model::Method::Connect) {
    finding.sentence = fmt::format(
        "all {} probes left this host and it heard nothing, not even from the first router; raw "
        "packets would tell whether its own firewall drops the answers",
        lost.size());
  } else {
    finding.sentence = fmt::format(
        "all {} probes left this host and nothing came back, not even from the first router; its "
        "own "
        "firewall does not matter here: look at the link and at what stands next to it",
        lost.size());
  }
  findings.push_back(std::move(finding));
}

bool no_reports(const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const auto& distance = trace.verdict.distance;
  constexpr int kTooFewToTell = 3;
  if (!distance || distance->value() - trace.first_ttl < kTooFewToTell) {
    return false;
  }
  const auto before = [&](const ProbeRecord& record) { return record.probe.ttl < *distance; };
  const bool any = std::ranges::any_of(
      trace.probes, [&](const ProbeRecord& record) { return before(record) && !is_lost(record); });
  const auto lost = those(trace, before);
  if (any || lost.empty() || rows.empty()) {
    return false;
  }
  Finding finding = about("no_reports", lost);
  finding.certainty = Certainty::Likely;
  finding.sentence = fmt::format(
      "the target answers, and not one router on the way reports: ICMP errors do not reach this "
      "host{}",
      why_not(trace));
  findings.push_back(std::move(finding));
  return true;
}

void ttl_rewritten(const model::Trace& trace, std::vector<Finding>& findings) {
  constexpr int kNear = 2;
  constexpr int kFartherBack = 3;
  const auto& distance = trace.verdict.distance;
  if (!distance || distance->value() > kNear || trace.first_ttl > distance->value()) {
    return;
  }
  std::optional<int> back;
  const auto answers = those(trace, [&](const ProbeRecord& record) {
    const model::Reply* reply = record.reply();
    const bool counts = record.probe.ttl == *distance && reply != nullptr && reply->is_tcp();
    if (counts && reply->ttl) {
      back = std::min(back.value_or(UINT8_MAX), model::routers_passed(*reply->ttl));
    }
    return counts;
  });
  if (answers.empty()) {
    return;
  }
  const bool farther_back = back && *back + 1 >= distance->value() + kFartherBack;
  const bool next_to_us = distance->value() == 1;
  const auto& gateway = trace.source.gateway;
  const bool past_gateway = next_to_us && gateway && *gateway != trace.target.address;
  const bool elsewhere = next_to_us && is_elsewhere(trace.target.address, trace.source.address);
  if (!farther_back && !past_gateway && !elsewhere) {
    return;
  }
  Finding finding = about("ttl_rewritten", answers);
  finding.certainty = Certainty::Likely;
  if (past_gateway) {
    finding.sentence = fmt::format(
        "a TTL of 1 ends at the gateway {}, yet the target answers: unless the gateway bears that "
        "address, it answers for it or sets the TTL anew, as networks of virtual machines do, and "
        "hides the path",
        gateway->to_string());
  } else if (farther_back) {
    finding.sentence = fmt::format(
        "a TTL of {} is enough to get there, yet the answers come from about {} hops away: "
        "something near sets the TTL anew, as networks of virtual machines do, and hides the path",
        distance->value(),
        *back + 1);
  } else {
    finding.sentence =
        "a public address does not stand next to a private one: something near, such as the "
        "network of a virtual machine or a proxy, answers for it or sets the TTL anew, and hides "
        "the path";
  }
  findings.push_back(std::move(finding));
}

}  // namespace synroute::infer
