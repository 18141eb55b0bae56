// SPDX-License-Identifier: Apache-2.0
#include "infer/rows.hpp"

#include "model/routing_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::FindingKind;
using model::Hop;
using model::ProbeRecord;
using model::Reply;

std::string_view count_word(std::size_t count) {
  constexpr std::array<std::string_view, 10> kWords{
      "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  return count < kWords.size() ? kWords[count] : "many";
}

/// A field of the probe, how a reply shows that it was rewritten, and the sentence about it:
/// "CHANGE before hop N; CONSEQUENCE".
struct Rewrite {
  FindingKind kind;
  std::string_view change;
  std::string_view consequence;
  bool (*is_changed)(const Reply&);
};

bool quotes_probe(const ProbeRecord* record) {
  return record->reply() != nullptr && record->reply()->quote.has_value();
}

std::vector<ProbeId> changed_probes(const Hop& row, const Rewrite& rewrite) {
  std::vector<ProbeId> ids;
  for (const ProbeRecord* record : row.probes) {
    if (quotes_probe(record) && rewrite.is_changed(*record->reply())) {
      ids.push_back(record->probe.id);
    }
  }
  return ids;
}

/// A middlebox rewrites a field between two hops when the quotes of the first show the original and
/// those of the second and of every later hop show a change. A single router that misquotes does
/// not count, since later hops quote the original again.
void find_rewrite(const Rows& rows, const Rewrite& rewrite, std::vector<Finding>& findings) {
  std::optional<Ttl> last_intact;
  const Hop* first_changed = nullptr;
  std::vector<ProbeId> changed;
  for (const Hop& row : rows) {
    const auto quotes = std::ranges::count_if(row.probes, quotes_probe);
    const std::vector<ProbeId> ids = changed_probes(row, rewrite);
    if (quotes == 0) {
      continue;
    }
    if (ids.empty()) {
      last_intact = row.ttl;
      first_changed = nullptr;
      changed.clear();
    } else {
      first_changed = first_changed != nullptr ? first_changed : &row;
      std::ranges::copy(ids, std::back_inserter(changed));
    }
  }
  if (first_changed == nullptr) {
    return;
  }
  const Ttl first = last_intact.value_or(rows.front().ttl);
  findings.push_back(
      {.kind = rewrite.kind,
       .first_hop = first,
       .last_hop = first_changed->ttl,
       .certainty = Certainty::Likely,
       .sentence = fmt::format(
           "{} before hop {}; {}", rewrite.change, first_changed->ttl.value(), rewrite.consequence),
       .evidence = std::move(changed)});
}

}  // namespace

std::vector<ProbeId> evidence(const Hop& row) {
  std::vector<ProbeId> ids;
  std::ranges::transform(row.probes, std::back_inserter(ids), [](const ProbeRecord* record) {
    return record->probe.id;
  });
  return ids;
}

void find_load_balancing(const Rows& rows, std::vector<Finding>& findings) {
  for (const Hop& row : rows) {
    std::vector<IpAddress> routers;
    for (const ProbeRecord* record : row.probes) {
      const Reply* reply = record->reply();
      const bool expired = reply != nullptr && reply->kind == model::ReplyKind::TimeExceeded;
      if (expired && std::ranges::count(routers, reply->from) == 0) {
        routers.push_back(reply->from);
      }
    }
    if (routers.size() > 1) {
      findings.push_back(
          {.kind = FindingKind::LoadBalanced,
           .first_hop = row.ttl,
           .last_hop = row.ttl,
           .certainty = Certainty::Likely,
           .sentence = fmt::format("{} routers share the load", count_word(routers.size())),
           .evidence = evidence(row)});
    }
  }
}

void find_routing_loop(const Rows& rows, std::vector<Finding>& findings) {
  const auto loop = model::find_routing_loop(rows);
  if (!loop) {
    return;
  }
  const auto is_in_loop = [&loop](Ttl ttl) { return loop->first <= ttl && ttl <= loop->last; };
  std::erase_if(findings, [&](const Finding& finding) {
    const bool is_about_silence = finding.kind == FindingKind::SilentHop
                                  || finding.kind == FindingKind::LimitedReports
                                  || finding.kind == FindingKind::PartlyAnswered;
    return is_about_silence && is_in_loop(finding.first_hop);
  });
  Finding finding{
      .kind = FindingKind::RoutingLoop, .first_hop = loop->first, .last_hop = loop->last};
  for (const Hop& row : rows) {
    for (const ProbeRecord* record : row.probes) {
      if (is_in_loop(row.ttl) && record->reply() != nullptr) {
        finding.evidence.push_back(record->probe.id);
      }
    }
  }
  std::string routers;
  for (const IpAddress& router : loop->routers) {
    const bool is_last = router == loop->routers.back();
    routers += routers.empty() ? "" : is_last ? " and " : ", ";
    routers += router.to_string();
  }
  const auto silent = loop->length - static_cast<int>(loop->routers.size());
  const std::string some_silent =
      silent > 0 ? fmt::format(", {} of them silent", count_word(static_cast<std::size_t>(silent)))
                 : "";
  finding.certainty = silent > 0 ? Certainty::Likely : Certainty::Certain;
  finding.sentence = fmt::format(
      "routing loop of {} hops{}: the probes pass {} again and again until their TTL runs out",
      count_word(static_cast<std::size_t>(loop->length)),
      some_silent,
      routers);
  findings.push_back(std::move(finding));
}

void find_destination_nat(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const IpAddress& target = trace.target.address;
  std::optional<Finding> nat;
  for (const Hop& row : rows) {
    std::vector<ProbeId> by_target;
    bool by_other = false;
    for (const ProbeRecord* record : row.probes) {
      const Reply* reply = record->reply();
      if (reply == nullptr || reply->kind != model::ReplyKind::TimeExceeded) {
        continue;
      }
      if (reply->from == target) {
        by_target.push_back(record->probe.id);
      } else {
        by_other = true;
      }
    }
    if (by_target.empty()) {
      nat = by_other ? std::nullopt : nat;
      continue;
    }
    nat = nat.value_or(
        Finding{.kind = FindingKind::DestinationNat, .first_hop = row.ttl, .last_hop = row.ttl});
    nat->last_hop = row.ttl;
    std::ranges::copy(by_target, std::back_inserter(nat->evidence));
  }
  if (nat) {
    nat->certainty = Certainty::Likely;
    nat->sentence = fmt::format(
        "time-exceeded errors carry the target's address: destination NAT here{}, the real target is behind it",
        trace.method == model::Method::Connect ? " or by this host's own rules" : "");
    findings.push_back(std::move(*nat));
  }
}

void find_rewrites(const Rows& rows, std::vector<Finding>& findings) {
  static constexpr std::string_view kNotTranslatedBack =
      "it does not translate the probes quoted in ICMP errors back";
  static constexpr std::array kRewrites{
      Rewrite{
          .kind = FindingKind::SequenceRewritten,
          .change = "TCP sequence numbers are rewritten",
          .consequence = "ICMP errors from there on quote the rewritten number",
          .is_changed = [](const Reply& reply) { return reply.grade.sequence_rewritten; }},
      Rewrite{
          .kind = FindingKind::IpIdRewritten,
          .change = "the IP ID is rewritten",
          .consequence = "ICMP errors from there on quote the rewritten ID",
          .is_changed =
              [](const Reply& reply) {
                return reply.grade.ip_id == model::IdGrade::Other
                       || reply.grade.ip_id == model::IdGrade::Zero;
              }},
      Rewrite{
          .kind = FindingKind::SourceUntranslated,
          .change = "source NAT",
          .consequence = kNotTranslatedBack,
          .is_changed =
              [](const Reply& reply) {
                return reply.grade.source_rewritten || reply.grade.ports_rewritten;
              }},
      Rewrite{
          .kind = FindingKind::DestinationUntranslated,
          .change = "destination NAT",
          .consequence = kNotTranslatedBack,
          .is_changed = [](const Reply& reply) { return reply.grade.destination_rewritten; }}};
  for (const Rewrite& rewrite : kRewrites) {
    find_rewrite(rows, rewrite, findings);
  }
}

}  // namespace synroute::infer
