// SPDX-License-Identifier: Apache-2.0
#include "infer/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <ranges>
#include <string_view>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Finding;
using model::Hop;
using model::ProbeRecord;
using model::Reply;

bool is_lost(const ProbeRecord* record) {
  return std::holds_alternative<model::Lost>(record->state);
}

bool answered_all(const Hop& row) {
  return !row.probes.empty() && std::ranges::all_of(row.probes, [](const ProbeRecord* record) {
    return record->reply() != nullptr;
  });
}

bool was_asked(const Hop& row) {
  return std::ranges::any_of(row.probes, is_lost);
}

std::string_view count_word(std::size_t count) {
  constexpr std::array<std::string_view, 10> kWords{
      "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  return count < kWords.size() ? kWords[count] : "many";
}

/// One field of the probe, and how to tell from a reply that it was changed on the way there.
struct Rewrite {
  std::string_view kind;
  std::string_view what;
  bool (*is_changed)(const Reply&);
};

/// Answers that can testify: those that quote the probe.
bool can_testify(const ProbeRecord* record) {
  return record->reply() != nullptr && record->reply()->quote.has_value();
}

std::vector<ProbeId> changed_probes(const Hop& row, const Rewrite& rewrite) {
  std::vector<ProbeId> ids;
  for (const ProbeRecord* record : row.probes) {
    if (can_testify(record) && rewrite.is_changed(*record->reply())) {
      ids.push_back(record->probe.id);
    }
  }
  return ids;
}

/// The first row whose every quote shows the change while the last quoting row before it shows
/// none, and which no later row contradicts: a box between the two. A lone router that garbles what
/// it quotes changes nothing for those behind it.
void find_rewrite(const Rows& rows, const Rewrite& rewrite, std::vector<Finding>& findings) {
  std::optional<Ttl> last_intact;
  const Hop* first_changed = nullptr;
  std::vector<ProbeId> changed;
  for (const Hop& row : rows) {
    const auto witnesses = std::ranges::count_if(row.probes, can_testify);
    const std::vector<ProbeId> ids = changed_probes(row, rewrite);
    if (witnesses == 0) {
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
      {.kind = std::string{rewrite.kind},
       .first_hop = first,
       .last_hop = first_changed->ttl,
       .certainty = Certainty::Likely,
       .sentence = fmt::format(
           "{} between here and hop {}: quotes from there on show it changed",
           rewrite.what,
           first_changed->ttl.value()),
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

std::string hops_text(Ttl first, Ttl last) {
  return first == last ? fmt::format("hop {}", first.value())
                       : fmt::format("hops {}-{}", first.value(), last.value());
}

void silence(const Rows& rows, std::vector<Finding>& findings) {
  const auto end = std::ranges::find_if_not(rows | std::views::reverse, &Hop::is_silent).base();
  for (auto row = rows.begin(); row != end; ++row) {
    const bool later_answer_all =
        std::next(row) != end && std::ranges::all_of(std::next(row), end, [](const Hop& later) {
          return later.is_silent() || answered_all(later);
        });
    if (row->is_silent() && was_asked(*row)) {
      findings.push_back(
          {.kind = "silent_hop",
           .first_hop = row->ttl,
           .last_hop = row->ttl,
           .certainty = Certainty::Certain,
           .sentence = "silent, later hops answer: it forwards but does not report",
           .evidence = evidence(*row)});
    } else if (!row->is_silent() && was_asked(*row) && later_answer_all) {
      const auto lost = std::ranges::count_if(row->probes, is_lost);
      findings.push_back(
          {.kind = "limited_reports",
           .first_hop = row->ttl,
           .last_hop = row->ttl,
           .certainty = Certainty::Likely,
           .sentence = fmt::format(
               "left {} of {} probes unanswered while later hops answered all: "
               "it limits its reports, traffic passes",
               lost,
               row->probes.size()),
           .evidence = evidence(*row)});
    }
  }
}

void load_balancing(const Rows& rows, std::vector<Finding>& findings) {
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
          {.kind = "load_balanced",
           .first_hop = row.ttl,
           .last_hop = row.ttl,
           .certainty = Certainty::Likely,
           .sentence = fmt::format("{} routers share the load", count_word(routers.size())),
           .evidence = evidence(row)});
    }
  }
}

void destination_nat(const Rows& rows, const IpAddress& target, std::vector<Finding>& findings) {
  std::optional<Finding> nat;
  for (const Hop& row : rows) {
    for (const ProbeRecord* record : row.probes) {
      const Reply* reply = record->reply();
      if (reply == nullptr || reply->kind != model::ReplyKind::TimeExceeded
          || reply->from != target) {
        continue;
      }
      nat = nat.value_or(
          Finding{.kind = "destination_nat", .first_hop = row.ttl, .last_hop = row.ttl});
      nat->last_hop = row.ttl;
      nat->evidence.push_back(record->probe.id);
    }
  }
  if (nat) {
    nat->certainty = Certainty::Likely;
    nat->sentence =
        "the TTL expires in the target's own name: a destination NAT stands here, "
        "the real target is behind it";
    findings.push_back(std::move(*nat));
  }
}

void rewrites(const Rows& rows, std::vector<Finding>& findings) {
  static constexpr std::array kRewrites{
      Rewrite{
          .kind = "sequence_rewritten",
          .what = "a box changes TCP sequence numbers",
          .is_changed = [](const Reply& reply) { return reply.grade.sequence_rewritten; }},
      Rewrite{
          .kind = "ip_id_rewritten",
          .what = "a box changes the IP ID",
          .is_changed =
              [](const Reply& reply) {
                return reply.grade.ip_id == model::IdGrade::Other
                       || reply.grade.ip_id == model::IdGrade::Zero;
              }},
      Rewrite{
          .kind = "source_untranslated",
          .what = "a source NAT that does not translate ICMP quotes back stands",
          .is_changed =
              [](const Reply& reply) {
                return reply.grade.source_rewritten || reply.grade.ports_rewritten;
              }},
      Rewrite{
          .kind = "destination_untranslated",
          .what = "a destination NAT that does not translate ICMP quotes back stands",
          .is_changed = [](const Reply& reply) { return reply.grade.destination_rewritten; }}};
  for (const Rewrite& rewrite : kRewrites) {
    find_rewrite(rows, rewrite, findings);
  }
}

}  // namespace synroute::infer
