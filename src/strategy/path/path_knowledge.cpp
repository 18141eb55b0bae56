// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_knowledge.hpp"

#include <algorithm>
#include <cstdint>

namespace synroute::strategy {
namespace {

/// A host that refuses this many probes and has sent none will send none.
constexpr std::uint64_t kRefusalsMax = 3;
/// A router that gives up a neighbour reports all packets that waited for it at once.
constexpr Duration kReportedTogether = std::chrono::milliseconds{60};

}  // namespace

void PathKnowledge::add(const model::ProbeRecord& record) {
  ++revision_;
  rows_.add(record);
  if (const model::Reply* reply = record.reply()) {
    rtts_.add(record);
    port_.add(record);
    if (awaits_host_report() && reply->kind == model::ReplyKind::Unreachable) {
      host_reported_ = host_reported_.value_or(reply->received);
    }
  }
}

void PathKnowledge::add(const engine::UnnamedAnswer& answer) {
  port_.heard_target = true;
  port_.heard_unnamed = port_.heard_unnamed || answer.flow == FlowId{0};
}

void PathKnowledge::relearn(const engine::Ledger& ledger) {
  ++revision_;
  rows_.relearn(ledger.records());
  rtts_ = {};
  port_ = {};
  for (const model::ProbeRecord& record : ledger.records()) {
    if (record.reply() != nullptr) {
      rtts_.add(record);
      port_.add(record);
    }
  }
}

Duration PathKnowledge::patience(const model::ProbeRecord& record) const {
  const Ttl ttl = record.probe.ttl;
  const bool is_hop = record.probe.role == model::ProbeRole::Hop;
  if (awaits_host_report() && (!is_hop || ttl.value() > rows_.farthest())) {
    // Farther probes are not needed to end the path, and must not be on it as lost.
    if (is_hop && ttl.value() > rows_.farthest() + options_.gap_limit) {
      return options_.wait.max;
    }
    const auto due = host_reported_ ? *host_reported_ + kReportedTogether : host_report_due();
    if (due) {
      return std::min(options_.wait.max, *due - record.probe.sent);
    }
  }
  return is_hop ? strategy::patience(options_.wait, rtts_, ttl)
                : target_patience(options_.wait, rtts_, rows_.barrier().has_value());
}

std::optional<Instant> PathKnowledge::host_report_due() const {
  const int last = rows_.farthest();
  const bool is_possible = options_.wait.is_learnt() && !port_.heard_target && !rows_.end()
                           && last >= options_.first_ttl && last < options_.last_ttl
                           && rows_[last + 1].asked > 0;
  if (!is_possible) {
    return std::nullopt;
  }
  const auto& here = rtts_.here(ttl_of(last));
  return rows_[last + 1].first_asked + model::kHostUnreachableAfter
         + 2 * (here ? here->most : Duration{});
}

bool host_refuses(const engine::Ledger& ledger) {
  return ledger.counters().refused >= kRefusalsMax && ledger.counters().sent == 0
         && std::ranges::none_of(ledger.records(), [](const model::ProbeRecord& record) {
              return record.reply() != nullptr || record.is_lost();
            });
}

bool lacks_link(const engine::Ledger& ledger) {
  return std::ranges::any_of(ledger.records(), [](const model::ProbeRecord& record) {
    return record.refusal() && model::is_of_link(*record.refusal());
  });
}

}  // namespace synroute::strategy
