// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_end.hpp"

#include <algorithm>

namespace synroute::strategy {

using engine::Ledger;
using model::ProbeRecord;
using model::ReplyKind;

namespace {

/// The target has begun a connection and is deaf to other probes of it until that is undone.
bool occupies_target(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  return reply != nullptr && (reply->kind == ReplyKind::SynAck || reply->kind == ReplyKind::Ack);
}

}  // namespace

ClassicEnd::ClassicEnd(const ClassicOptions& options)
    : queries_{options.queries}, shares_flow_{!options.sequential && !options.flow_per_probe} {}

/// IPv4 parameter problems are not heard by tcptraceroute at all.
bool ClassicEnd::is_marked_by(const model::Reply& reply) {
  constexpr std::uint8_t kParameterProblem = 12;
  const bool heeded = reply.from.family() == Family::V6 || reply.icmp_type != kParameterProblem;
  return reply.is_tcp() || (reply.kind == ReplyKind::Unreachable && heeded);
}

void ClassicEnd::note_answer(const ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  if (ttl_ && ttl > *ttl_) {
    return;
  }
  if (ttl_ != ttl) {
    ttl_ = ttl;
    is_target_ = false;
    one_at_a_time_ = false;
    says_only_ack_ = false;
    samples_.clear();
    pairs_.clear();
    withdrawn_.reset();
  }
  is_target_ = is_target_ || record.reply()->is_tcp();
  one_at_a_time_ = one_at_a_time_ || occupies_target(record);
  says_only_ack_ = says_only_ack_ || record.reply()->kind == ReplyKind::Ack;
}

void ClassicEnd::note_silence(const ProbeRecord& record, const Ledger& ledger) {
  pairs_work_ = pairs_work_ && partner_reply(record.probe.id, ledger) == nullptr;
}

bool ClassicEnd::is_complete(const Ledger& ledger) const {
  return takes_samples() ? samples_wanted(ledger) <= 0 && !waits(ledger) && !withdrawn_
                         : rejections_wanted(ledger) <= 0;
}

// --- an open port --------------------------------------------------------------------------------

std::optional<ClassicEnd::Sample> ClassicEnd::take_sample(const Ledger& ledger) {
  if (!takes_samples()) {
    return std::nullopt;
  }
  const ProbeId id{static_cast<std::uint32_t>(ledger.records().size())};
  if (const auto before = std::exchange(withdrawn_, std::nullopt)) {
    samples_.push_back(id);
    pairs_.emplace_back(*before, id);
    return Sample{.follows = before};
  }
  const int wanted = samples_wanted(ledger);
  const bool is_nameless = nameless_ || says_only_ack_;
  const bool must_be_alone = is_nameless && ledger.waiting_count() > 0;
  if (wanted <= 0 || must_be_alone || waits_for_sample(ledger)) {
    return std::nullopt;
  }
  samples_.push_back(id);
  const bool goes_first = wanted >= 2 && pairs_work_ && !is_nameless;
  if (goes_first) {
    withdrawn_ = id;
  }
  return Sample{.withdraw = goes_first, .follows = std::nullopt};
}

/// A probe of the last row, unless its silence says nothing because the target was deaf to it. Of a
/// sample that still waits the target may be deaf for any reason but its partner.
bool ClassicEnd::counts(const ProbeRecord& record, const Ledger& ledger) const {
  if (record.probe.ttl.value() != *ttl_ || record.reply() != nullptr) {
    return record.probe.ttl.value() == *ttl_;
  }
  const ProbeId id = record.probe.id;
  if (nameless_ || says_only_ack_) {  // earlier probes may have been answered without being named
    return std::ranges::count(samples_, id) != 0;
  }
  return std::ranges::none_of(ledger.records(), [&](const ProbeRecord& other) {
    return other.probe.flow == record.probe.flow && occupies_target(other)
           && !(record.is_waiting() && partner_of(id) == other.probe.id)
           && std::chrono::abs(other.probe.sent - record.probe.sent) < other.reply()->rtt;
  });
}

int ClassicEnd::samples_wanted(const Ledger& ledger) const {
  const auto counted = std::ranges::count_if(
      ledger.records(), [&](const ProbeRecord& record) { return counts(record, ledger); });
  return queries_ - static_cast<int>(counted);
}

bool ClassicEnd::waits(const Ledger& ledger) const {
  return std::ranges::any_of(ledger.records(), [&](const ProbeRecord& record) {
    return record.is_waiting() && counts(record, ledger);
  });
}

bool ClassicEnd::waits_for_sample(const Ledger& ledger) const {
  return std::ranges::any_of(samples_, [&](ProbeId id) { return ledger.record(id).is_waiting(); });
}

std::optional<ProbeId> ClassicEnd::partner_of(ProbeId id) const {
  for (const auto& [first, second] : pairs_) {
    if (first == id || second == id) {
      return first == id ? second : first;
    }
  }
  return std::nullopt;
}

const model::Reply* ClassicEnd::partner_reply(ProbeId id, const Ledger& ledger) const {
  const auto partner = partner_of(id);
  return partner ? ledger.record(*partner).reply() : nullptr;
}

// --- somebody who rejects ------------------------------------------------------------------------

int ClassicEnd::rejections_wanted(const Ledger& ledger) const {
  const auto counts = [&](const ProbeRecord& record) {
    const int ttl = record.probe.ttl.value();
    const model::Reply* reply = record.reply();
    if (reply == nullptr || record.is_late()) {
      return is_at(ttl) && record.is_settled() && had_its_chance(record, ledger);
    }
    return is_at(ttl) || (ttl > *ttl_ && reply->kind == ReplyKind::Unreachable);
  };
  return queries_ - static_cast<int>(std::ranges::count_if(ledger.records(), counts));
}

/// Whoever rejects could have answered: he was not asked by many others just before.
bool ClassicEnd::had_its_chance(const ProbeRecord& record, const Ledger& ledger) const {
  int just_before = 0;
  for (const ProbeRecord& other : ledger.records()) {
    const Duration earlier = record.probe.sent - other.probe.sent;
    const bool counts = other.probe.ttl.value() >= *ttl_ && other.probe.id < record.probe.id;
    just_before += counts && earlier < kClassicRefill ? 1 : 0;
  }
  return just_before < kClassicBurst;
}

}  // namespace synroute::strategy
