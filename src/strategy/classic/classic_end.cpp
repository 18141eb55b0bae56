// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_end.hpp"

#include "model/limits.hpp"

#include <algorithm>

namespace synroute::strategy {

using engine::Ledger;
using model::ProbeRecord;
using model::ReplyKind;

namespace {

/// The target has a half-open connection, or a live one, and ignores other SYNs of it until an RST.
bool occupies_target(const ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  return reply != nullptr && (reply->kind == ReplyKind::SynAck || reply->kind == ReplyKind::Ack);
}

}  // namespace

ClassicEnd::ClassicEnd(const ClassicOptions& options)
    : queries_{options.queries}, shares_flow_{!options.sequential && !options.flow_per_probe} {}

bool ClassicEnd::is_marked_by(const model::Reply& reply) {
  return reply.is_tcp() || reply.kind == ReplyKind::Unreachable;
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
    sends_acks_ = false;
    samples_.clear();
    pairs_.clear();
    withdrawn_.reset();
  }
  is_target_ = is_target_ || record.reply()->is_tcp();
  one_at_a_time_ = one_at_a_time_ || occupies_target(record);
  sends_acks_ = sends_acks_ || record.reply()->kind == ReplyKind::Ack;
}

void ClassicEnd::forget_answers() {
  ttl_.reset();
  is_target_ = false;
  one_at_a_time_ = false;
  sends_acks_ = false;
}

void ClassicEnd::note_silence(const ProbeRecord& record, const Ledger& ledger) {
  pairs_work_ = pairs_work_ && partner_reply(record.probe.id, ledger) == nullptr;
}

bool ClassicEnd::is_complete(const Ledger& ledger) const {
  return takes_samples() ? samples_wanted(ledger) <= 0 && !waits(ledger) && !withdrawn_
                         : rejections_wanted(ledger) <= 0;
}

// --- an open port --------------------------------------------------------------------------------

std::optional<ClassicEnd::Sample> ClassicEnd::next_sample(const Ledger& ledger) const {
  if (!takes_samples()) {
    return std::nullopt;
  }
  if (withdrawn_) {
    return Sample{.withdraw = false, .follows = withdrawn_};
  }
  const int wanted = samples_wanted(ledger);
  const bool is_unnamed = unnamed_ || sends_acks_;
  const bool must_be_alone = is_unnamed && ledger.waiting_count() > 0;
  if (wanted <= 0 || must_be_alone || waits_for_sample(ledger)) {
    return std::nullopt;
  }
  const bool begins_pair = wanted >= 2 && pairs_work_ && !is_unnamed;
  return Sample{.withdraw = begins_pair, .follows = std::nullopt};
}

void ClassicEnd::note_sample(ProbeId id, const Sample& sample) {
  samples_.push_back(id);
  if (sample.follows) {
    pairs_.emplace_back(*sample.follows, id);
  }
  withdrawn_ = sample.withdraw ? std::optional{id} : std::nullopt;
}

/// A probe of the last row, unless its silence means nothing because the target ignored it in
/// favour of another. A sample that still waits is not yet discounted because of its partner.
bool ClassicEnd::counts(const ProbeRecord& record, const Ledger& ledger) const {
  if (record.probe.ttl.value() != *ttl_ || record.reply() != nullptr) {
    return record.probe.ttl.value() == *ttl_;
  }
  const ProbeId id = record.probe.id;
  if (unnamed_ || sends_acks_) {  // earlier probes may have been answered by packets without keys
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

// --- a router that rejects -----------------------------------------------------------------------

int ClassicEnd::rejections_wanted(const Ledger& ledger) const {
  const auto counts = [&](const ProbeRecord& record) {
    const int ttl = record.probe.ttl.value();
    const model::Reply* reply = record.reply();
    if (reply == nullptr || record.is_late()) {
      return is_at(ttl) && record.is_settled() && could_be_answered(record, ledger);
    }
    return is_at(ttl) || (ttl > *ttl_ && reply->kind == ReplyKind::Unreachable);
  };
  return queries_ - static_cast<int>(std::ranges::count_if(ledger.records(), counts));
}

/// The rate limit of the router that rejects allowed an answer: not too many other probes had
/// reached it just before.
bool ClassicEnd::could_be_answered(const ProbeRecord& record, const Ledger& ledger) const {
  const auto was_just_before = [&](const ProbeRecord& other) {
    return other.probe.ttl.value() >= *ttl_ && other.probe.id < record.probe.id
           && record.probe.sent - other.probe.sent < model::kIcmpRefill;
  };
  return std::ranges::count_if(ledger.records(), was_just_before) < model::kIcmpBurst;
}

}  // namespace synroute::strategy
