// SPDX-License-Identifier: Apache-2.0
#include "infer/ttl_rewritten.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::FindingKind;
using model::Hop;
using model::ProbeRecord;
using model::ReplyKind;

/// Return paths are often longer than the forward path, by a hop or two.
constexpr int kFartherBack = 3;
/// Most paths to other networks are longer than this.
constexpr int kNear = 3;
/// A link within a site takes less than this.
constexpr Duration kFarInTime = std::chrono::milliseconds{10};

/// The answers in a row of one kind: routers on the return path and round-trip time, the least of
/// each. Absent without answers, or without TTLs.
struct Answers {
  std::optional<int> routers;
  std::optional<Duration> rtt;
};

Answers answers_of(const Hop& row, bool (*is_wanted)(const model::Reply&)) {
  Answers result;
  for (const ProbeRecord* record : row.probes) {
    const model::Reply* reply = record->reply();
    if (reply == nullptr || record->is_late() || !is_wanted(*reply)) {
      continue;
    }
    result.rtt = std::min(result.rtt.value_or(reply->rtt), reply->rtt);
    if (reply->ttl) {
      const int passed = model::routers_passed(*reply->ttl);
      result.routers = std::min(result.routers.value_or(passed), passed);
    }
  }
  return result;
}

/// How many more routers the answers passed than the probes.
std::optional<int> excess(const Answers& answers, Ttl ttl) {
  return answers.routers ? std::optional{*answers.routers - (ttl.value() - 1)} : std::nullopt;
}

/// No neighbour of a host with a private address has a public one.
bool is_public_for(const IpAddress& target, const IpAddress& source) {
  return source.is_rfc1918() && target.family() == Family::V4 && !target.is_rfc1918()
         && !target.is_loopback() && !target.is_link_local();
}

/// What contradicts a target 1 or 2 hops away; empty when nothing does.
std::string contradiction(const model::Trace& trace, int distance, const Answers& target) {
  const bool at_first_hop = distance == 1;
  const auto& gateway = trace.source.gateway;
  if (at_first_hop && gateway && *gateway != trace.target.address) {
    const bool may_be_own = trace.method == model::Method::Connect;
    return fmt::format(
        "a probe with TTL 1 expires at the gateway {}, yet the target answers it: unless the gateway owns that address, it answers for the target or rewrites the TTL, as virtual machine networks do, and hides the path{}",
        gateway->to_string(),
        may_be_own
            ? "; or a rule of this host redirects the connection or sets its TTL, which only raw packets can tell"
            : "");
  }
  if (target.routers && *target.routers + 1 >= distance + kFartherBack) {
    return fmt::format(
        "the target answers probes with TTL {}, yet the TTL of its answers fits about {} hops: a device near this host rewrites the TTL, as virtual machine networks do, and hides the path",
        distance,
        *target.routers + 1);
  }
  if (at_first_hop && is_public_for(trace.target.address, trace.source.address)) {
    return "the target answers probes with TTL 1, yet a public address is no neighbour of a private one: a device near this host, such as a virtual machine network or a proxy, answers for it or rewrites the TTL, and hides the path";
  }
  return {};
}

/// What makes a target at any distance doubtful; empty when nothing does.
std::string doubt(const Hop& row, const Hop* before, const Answers& target) {
  const int distance = row.ttl.value();
  const int farther_back = excess(target, row.ttl).value_or(0);
  if (distance == 1) {
    return farther_back > 0 && target.rtt >= kFarInTime
               ? "the target answers probes with TTL 1, which no router forwards, yet its answers seem to have passed a router: a device near this host may rewrite the TTL or answer for the target, and hide the path"
               : "";
  }
  const Answers router =
      before != nullptr
          ? answers_of(
                *before,
                [](const model::Reply& reply) { return reply.kind == ReplyKind::TimeExceeded; })
          : Answers{};
  if (!target.rtt || !router.rtt) {
    return {};
  }
  const Duration step = *target.rtt - *router.rtt;
  const bool is_longer_back = farther_back > excess(router, before->ttl).value_or(farther_back);
  const bool is_far = step >= kFarInTime && step >= *router.rtt * (is_longer_back ? 1 : 3);
  if (!is_far || (!is_longer_back && distance > kNear)) {
    return {};
  }
  return fmt::format(
      "the target answers probes with TTL {}, yet most of its round-trip time lies behind hop {}: a device there may rewrite the TTL and hide routers; a tunnel, a slow link or a slow target looks the same",
      distance,
      before->ttl.value());
}

/// The only one that says anything in this row, and that the TTL has expired; null otherwise.
const IpAddress* only_reporter(const Hop& row) {
  const IpAddress* reporter = nullptr;
  for (const ProbeRecord* record : row.probes) {
    const model::Reply* reply = record->reply();
    if (reply == nullptr || reply->kind != ReplyKind::TimeExceeded
        || (reporter != nullptr && *reporter != reply->from)) {
      return nullptr;
    }
    reporter = &reply->from;
  }
  return reporter;
}

/// A loop has two routers at least, and a router that forwards packets with TTL 0 makes two rows
/// alike.
constexpr std::size_t kAlikeAtLeast = 4;

void find_ttl_set_anew(const Rows& rows, std::vector<Finding>& findings) {
  const IpAddress* router = rows.size() < kAlikeAtLeast ? nullptr : only_reporter(rows.front());
  const bool all_alike = router != nullptr && std::ranges::all_of(rows, [&](const Hop& row) {
                           const IpAddress* reporter = only_reporter(row);
                           return reporter != nullptr && *reporter == *router;
                         });
  if (!all_alike) {
    return;
  }
  const Ttl first = rows.front().ttl;
  Finding finding{.kind = FindingKind::TtlRewritten, .first_hop = first, .last_hop = first};
  finding.certainty = Certainty::Likely;
  finding.sentence = fmt::format(
      "{} reports that probes with every TTL from {} to {} expired: a device at or before it sets their TTL anew, so the rows do not show the path",
      router->to_string(),
      first.value(),
      rows.back().ttl.value());
  for (const Hop& row : rows) {
    for (const ProbeRecord* record : row.probes) {
      finding.evidence.push_back(record->probe.id);
    }
  }
  findings.push_back(std::move(finding));
}

}  // namespace

void find_ttl_rewritten(
    const model::Trace& trace, const Rows& rows, std::vector<Finding>& findings) {
  const bool is_own_doing = std::ranges::any_of(trace.probes, [](const ProbeRecord& record) {
    return record.probe.ttl_set_by_host.has_value();
  });
  if (is_own_doing) {
    return;  // find_own_ttl() says so
  }
  find_ttl_set_anew(rows, findings);
  const auto& distance = trace.verdict.distance;
  const bool has_target_row = distance && !rows.empty() && rows.back().ttl == *distance;
  if (!has_target_row) {
    return;
  }
  const Hop& row = rows.back();
  const Hop* before = rows.size() > 1 ? &rows[rows.size() - 2] : nullptr;
  const Answers target = answers_of(row, [](const model::Reply& reply) { return reply.is_tcp(); });
  Finding finding{.kind = FindingKind::TtlRewritten, .first_hop = row.ttl, .last_hop = row.ttl};
  if (distance->value() <= 2) {
    finding.sentence = contradiction(trace, distance->value(), target);
    finding.certainty = Certainty::Likely;
  }
  if (finding.sentence.empty()) {
    finding.sentence = doubt(row, before, target);
    finding.certainty = Certainty::Possible;
    finding.first_hop = before != nullptr ? before->ttl : row.ttl;
  }
  if (finding.sentence.empty()) {
    return;
  }
  for (const ProbeRecord* record : row.probes) {
    if (record->probe.ttl == *distance && record->reply() != nullptr && record->reply()->is_tcp()) {
      finding.evidence.push_back(record->probe.id);
    }
  }
  if (!finding.evidence.empty()) {
    findings.push_back(std::move(finding));
  }
}

}  // namespace synroute::infer
