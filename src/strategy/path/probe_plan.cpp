// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/probe_plan.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using engine::Ask;
using engine::Ledger;
using model::ProbeRecord;
using model::ProbeRole;

using std::chrono::milliseconds;

/// A target that has not answered is asked once more after this time: a SYN may have been lost.
constexpr Duration kRetry = milliseconds{300};
/// Where nothing at all has answered, this probe is the last to be given up.
constexpr Duration kRetryInSilence = milliseconds{140};

/// The first may meet the connection that its predecessor left half open, if it overtakes the
/// reset.
constexpr int kEstimateChecks = 2;

// When TTLs behind the farthest answer are asked for a second and third time. Waiting for their
// first answers would take a second round trip; not waiting sends SYNs to a target that turns out
// to be near.

/// By then a target on a fast path has answered.
constexpr Duration kFast = milliseconds{5};
/// Later answers show that the next are on their way too. Within this time after one, all TTLs are
/// asked that are in front of a target as far away as most are.
constexpr Duration kPace = milliseconds{3};
constexpr int kRoutersLeast = 2;
constexpr int kHopsIfFast = 11;
/// A path that takes as long for each hop is a long one.
constexpr int kHopsIfSlow = 15;
constexpr Duration kSlowHop = milliseconds{8};

}  // namespace

ProbePlan::ProbePlan(const TraceOptions& options, std::size_t sibling_flows, PathKnowledge& known)
    : options_{options}, known_{known} {
  const int siblings = static_cast<int>(sibling_flows);
  directs_wanted_ = std::min(directs_useful(), siblings);
  for (int flow = directs_wanted_ + 1; flow <= siblings; ++flow) {
    standby_.emplace_back(static_cast<std::uint32_t>(flow));
  }
}

/// One even if a single query leaves none to fill the target's row: with silent routers it alone
/// tells whether the target answers.
int ProbePlan::directs_useful() const {
  return options_.direct ? std::max(options_.queries - 1, 1) : 0;
}

void ProbePlan::begin(Instant now, const Ledger& ledger) {
  begun_ = now;
  // By connect() without a port of its own, each probe is a new connection.
  const bool has_flow_per_probe = ledger.flow_count() == 0;
  if (has_flow_per_probe && !options_.alone) {
    directs_wanted_ = directs_useful();
  }
}

std::optional<Ask> ProbePlan::choose(Instant now, bool may_send, const Ledger& ledger) {
  if (!begun_) {
    begin(now, ledger);
  }
  deadline_.reset();
  if (!may_send || (options_.alone && ledger.waiting_count() > 0)) {
    return std::nullopt;
  }
  // Before the Direct probes: a host that answers two SYNs per second must answer one of the path.
  if (auto ask = ask_in_round(1, now, ledger)) {
    return ask;
  }
  if (auto ask = ask_directly()) {
    return ask;
  }
  for (int round = 2; round <= options_.queries; ++round) {
    if (auto ask = ask_in_round(round, now, ledger)) {
      return ask;
    }
  }
  if (auto ask = check_before_target(ledger)) {
    return ask;
  }
  if (auto ask = sample_target(ledger)) {
    return ask;
  }
  if (auto ask = confirm_reset(ledger)) {
    return ask;
  }
  if (auto ask = ask_directly_again(now)) {
    return ask;
  }
  if (auto ask = ask_by_standby_flow()) {
    return ask;
  }
  return ask_directly_on_path();
}

void ProbePlan::note_asked(ProbeId id) {
  if (next_is_sample_) {
    samples_.push_back(id);
    next_is_sample_ = false;
  }
}

// --- what to ask ---------------------------------------------------------------------------------

Ask ProbePlan::make_hop_ask(int ttl, FlowId flow) {
  return {
      .flow = flow,
      .ttl = ttl_of(ttl),
      .role = ProbeRole::Hop,
      .attempt = ++known_.rows()[ttl].asked};
}

ProbePlan::MaybeAsk ProbePlan::ask_in_round(int round, Instant now, const Ledger& ledger) {
  const int reach = known_.rows().reach(known_.port().heard_target);
  const int last = round == 1 ? reach : std::min(reach, repeat_until(now));
  for (int ttl = options_.first_ttl; ttl <= last; ++ttl) {
    PathRow& row = known_.rows()[ttl];
    if (row.asked != round - 1 || is_filled(ttl, ledger)) {
      continue;
    }
    const Instant refilled = row.last_asked + model::kIcmpRefill;
    if (round > model::kIcmpBurst && now < refilled) {
      wake_at(refilled);
      continue;
    }
    row.first_asked = row.asked == 0 ? now : row.first_asked;
    row.last_asked = now;
    return make_hop_ask(ttl);
  }
  return std::nullopt;
}

/// An open port answers one SYN of this flow at a time: sample_target() asks for what is missing.
/// A closed one may have answered, or be about to answer, on other flows.
bool ProbePlan::is_filled(int ttl, const Ledger& ledger) const {
  if (known_.rows().distance() != ttl) {
    return false;
  }
  const int coming = static_cast<int>(ledger.waiting_count(ProbeRole::Direct));
  return known_.port().heard_open || count_target_samples(ledger) + coming >= options_.queries;
}

int ProbePlan::repeat_until(Instant now) {
  const PathRows& rows = known_.rows();
  if (rows.end()) {
    const auto doubtful = estimate_in_doubt();
    return doubtful ? *doubtful - 1 : *rows.end();
  }
  const int harmless = std::max(rows.farthest(), rows.estimate().value_or(0) - 1);
  return rows.awaits_estimated() ? harmless : std::max(harmless, repeat_in_tail(now));
}

int ProbePlan::repeat_in_tail(Instant now) {
  const PathRows& rows = known_.rows();
  const int last = rows.farthest();
  const int least = last + rows.repeated_in_tail();
  if (options_.alone) {
    return least;
  }
  const int before = options_.first_ttl - 1;
  if (now < *begun_ + kFast) {
    wake_at(*begun_ + kFast);
    return std::max(last, options_.first_ttl);  // the first row is shown as soon as it can be
  }
  const int routers = last - before;
  if (routers < kRoutersLeast || now > rows.progressed() + kPace) {
    return least;
  }
  const bool is_slow = rows.progressed() >= *begun_ + routers * kSlowHop;
  const int likely = is_slow ? kHopsIfSlow : kHopsIfFast;
  return std::max(before + std::min(likely, options_.ahead), least);
}

Ask ProbePlan::make_direct_ask(FlowId flow) {
  // A last TTL below the usual one is the user's limit; the usual one is too low for some targets.
  const int last = options_.last_ttl;
  const int ttl = last < model::kDefaultLastTtl ? last : std::max(last, model::kFullTtl);
  return {.flow = flow, .ttl = ttl_of(ttl), .role = ProbeRole::Direct, .attempt = ++directs_asked_};
}

ProbePlan::MaybeAsk ProbePlan::ask_directly() {
  if (directs_asked_ >= directs_wanted_) {
    return std::nullopt;
  }
  return make_direct_ask(FlowId{static_cast<std::uint32_t>(directs_asked_ + 1)});
}

ProbePlan::MaybeAsk ProbePlan::ask_directly_again(Instant now) {
  const bool is_pointless =
      known_.port().heard_target || known_.rows().barrier() || directs_wanted_ == 0;
  if (asked_again_ || is_pointless || standby_used_ >= standby_.size()) {
    return std::nullopt;
  }
  const bool is_silent = known_.rows().farthest() < options_.first_ttl;
  if (const Instant due = *begun_ + (is_silent ? kRetryInSilence : kRetry); now < due) {
    wake_at(due);
    return std::nullopt;
  }
  asked_again_ = true;
  return make_direct_ask(standby_[standby_used_++]);
}

ProbePlan::MaybeAsk ProbePlan::confirm_reset(const Ledger& ledger) {
  if (!wants_confirmation() || ledger.waiting_count(ProbeRole::Direct) > 0 || !is_quiet(ledger)) {
    return std::nullopt;
  }
  const int distance = *known_.rows().distance();
  const auto may_confirm = [distance](const ProbeRecord& record) {
    return record.is_waiting() && record.probe.ttl.value() > distance;
  };
  if (std::ranges::any_of(ledger.records(), may_confirm)) {  // no further SYN is needed
    return std::nullopt;
  }
  confirmed_ = true;
  return Ask{
      .flow = FlowId{0},
      .ttl = ttl_of(std::max(options_.last_ttl, model::kFullTtl)),
      .role = ProbeRole::Confirm,
      .attempt = 1};
}

ProbePlan::MaybeAsk ProbePlan::check_before_target(const Ledger& ledger) {
  if (!is_quiet(ledger)) {
    return std::nullopt;
  }
  if (const auto ttl = estimate_in_doubt()) {
    ++estimate_checks_;
    next_is_sample_ = true;
    return make_hop_ask(*ttl);
  }
  const auto before = row_in_doubt();
  if (!before || known_.rows()[*before].asked < options_.queries) {
    return std::nullopt;
  }
  checked_.set(static_cast<std::size_t>(*before));
  next_is_sample_ = true;
  return make_hop_ask(*before);
}

ProbePlan::MaybeAsk ProbePlan::sample_target(const Ledger& ledger) {
  const bool is_wanted = known_.rows().distance() && known_.port().heard_open && !wants_check()
                         && samples_asked_ < options_.queries - 1
                         && count_target_samples(ledger) < options_.queries;
  if (!is_wanted || ledger.waiting_count(ProbeRole::Direct) > 0 || !is_quiet(ledger)) {
    return std::nullopt;
  }
  ++samples_asked_;
  next_is_sample_ = true;
  return make_hop_ask(*known_.rows().distance());
}

ProbePlan::MaybeAsk ProbePlan::ask_by_standby_flow() {
  if (!wants_standby()) {
    return std::nullopt;
  }
  const int ttl = standby_ttl();
  return make_hop_ask(ttl, standby_[standby_used_++]);
}

ProbePlan::MaybeAsk ProbePlan::ask_directly_on_path() {
  return wants_direct_on_path() ? MaybeAsk{make_direct_ask(FlowId{0})} : std::nullopt;
}

// --- what remains to be asked --------------------------------------------------------------------

std::optional<int> ProbePlan::estimate_in_doubt() const {
  const PathRows& rows = known_.rows();
  const auto estimate = rows.estimate();
  const bool is_in_doubt = estimate && rows.distance() && known_.port().heard_open
                           && *estimate >= options_.first_ttl && *estimate < *rows.distance()
                           && rows.farthest() < *estimate && !rows[*estimate].answered;
  return is_in_doubt && estimate_checks_ < kEstimateChecks ? estimate : std::nullopt;
}

std::optional<int> ProbePlan::row_in_doubt() const {
  if (!known_.rows().distance() || !known_.port().heard_open) {
    return std::nullopt;
  }
  const int before = *known_.rows().distance() - 1;
  const bool is_in_doubt = before >= options_.first_ttl && !known_.rows()[before].answered
                           && !checked_[static_cast<std::size_t>(before)];
  return is_in_doubt ? std::optional{before} : std::nullopt;
}

bool ProbePlan::wants_confirmation() const {
  const auto distance = known_.rows().distance();
  return options_.confirm_reset && distance && known_.port().only_resets_at(*distance)
         && !confirmed_;
}

/// Flow 0 cannot tell which of its probes the target answered (RST without a key), or does not get
/// through (firewalls that take a new SYN on a known connection for an attack).
bool ProbePlan::wants_standby() const {
  const PathRows& rows = known_.rows();
  const bool is_silent_behind = rows.silent_until() - rows.farthest() >= options_.gap_limit;
  const bool is_hidden =
      known_.port().heard_unnamed || (known_.port().heard_target && is_silent_behind);
  return !rows.end() && is_hidden && standby_used_ < standby_.size()
         && standby_ttl() <= options_.last_ttl;
}

/// There is no other flow for a Direct probe. On the path shown it would occupy the target, so it
/// is only sent when the path seems to end in silence. With more queries the rounds would go on
/// meanwhile and pass the gap limit.
bool ProbePlan::wants_direct_on_path() const {
  const PathRows& rows = known_.rows();
  const bool ends_in_silence = rows.silent_until() - rows.farthest() >= options_.gap_limit
                               || rows.silent_until() >= options_.last_ttl;
  return options_.direct && options_.queries == 1 && directs_asked_ == 0 && directs_wanted_ == 0
         && standby_.empty() && ends_in_silence && !rows.end() && !known_.port().heard_target;
}

int ProbePlan::standby_ttl() const {
  return known_.rows().farthest() + 1 + static_cast<int>(standby_used_) - (asked_again_ ? 1 : 0);
}

/// Answers of the target that will stand on its row, and samples sent alone that were lost.
int ProbePlan::count_target_samples(const Ledger& ledger) const {
  if (counted_at_ == known_.revision()) {
    return samples_counted_;
  }
  const auto is_sample = [this](const ProbeRecord& record) {
    const model::Reply* reply = record.reply();
    const bool is_on_row = record.probe.role == ProbeRole::Hop
                           && record.probe.ttl.value() == *known_.rows().distance();
    const bool is_direct =
        record.probe.role == ProbeRole::Direct && reply != nullptr && reply->is_tcp();
    const bool is_settled_sample =
        record.is_settled() && std::ranges::count(samples_, record.probe.id) != 0;
    return is_direct || (is_on_row && (reply != nullptr || is_settled_sample));
  };
  counted_at_ = known_.revision();
  samples_counted_ = static_cast<int>(std::ranges::count_if(ledger.records(), is_sample));
  return samples_counted_;
}

bool ProbePlan::is_quiet(const Ledger& ledger) const {
  return samples_.empty() || ledger.record(samples_.back()).is_settled();
}

bool ProbePlan::target_row_is_complete(const Ledger& ledger) const {
  if (wants_check() || wants_confirmation() || ledger.waiting_count(ProbeRole::Confirm) > 0
      || !is_quiet(ledger)) {
    return false;
  }
  if (count_target_samples(ledger) >= options_.queries) {
    return true;
  }
  // Fewer: either no more can be asked, or (closed) what was asked still waits.
  const bool is_exhausted = known_.port().heard_open
                                ? samples_asked_ >= options_.queries - 1
                                : known_.rows().is_complete(*known_.rows().distance());
  return is_exhausted && ledger.waiting_count(ProbeRole::Direct) == 0;
}

}  // namespace synroute::strategy
