// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/trace_path.hpp"

#include "model/hop.hpp"
#include "strategy/path/path_rows.hpp"
#include "strategy/path/patience.hpp"
#include "strategy/path/port_verdict.hpp"
#include "strategy/path/reset_suspicion.hpp"

#include <algorithm>
#include <vector>

namespace synroute::strategy {
namespace {

using engine::Ask;
using engine::Ledger;
using engine::Move;
using model::ProbeRecord;
using model::ProbeRole;

/// Linux routers answer six errors in a burst and then one per second and prober.
constexpr int kBurst = 6;
constexpr Duration kRefill = std::chrono::seconds{1};
/// When the target has not been heard, it is asked once more after this: a SYN may have been lost.
constexpr Duration kRetry = std::chrono::seconds{1};
/// A TTL that suffices on every path known, as operating systems use it.
constexpr int kFullTtl = 64;
/// This many refusals in a row, with nothing sent before, and the host plainly lets nothing out.
constexpr int kRefusalsMax = 3;

class TracePath final : public engine::Strategy {
 public:
  TracePath(const TraceOptions& options, std::size_t sibling_flows);

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer& answer) override;
  [[nodiscard]] bool weighs_resets() const override { return true; }
  void resets_disproved(const Ledger& ledger) override;
  [[nodiscard]] Duration patience(const ProbeRecord& record, const Ledger& ledger) const override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return deadline_; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  using MaybeAsk = std::optional<Ask>;

  // What to ask, in order of urgency.
  [[nodiscard]] MaybeAsk choose(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk next_in_round(int round, Instant now);
  [[nodiscard]] MaybeAsk direct();
  [[nodiscard]] MaybeAsk direct_again(Instant now);
  [[nodiscard]] MaybeAsk confirmation(const Ledger& ledger);
  [[nodiscard]] MaybeAsk check_before_target(const Ledger& ledger);
  [[nodiscard]] MaybeAsk sample_target(const Ledger& ledger);
  [[nodiscard]] MaybeAsk by_standby_flow();
  [[nodiscard]] Ask hop_probe(int ttl, Instant now, FlowId flow = FlowId{0});
  [[nodiscard]] Ask direct_probe(FlowId flow);

  // What is known.
  void learn(const ProbeRecord& record);
  [[nodiscard]] bool target_row_complete(const Ledger& ledger) const;
  [[nodiscard]] int target_samples(const Ledger& ledger) const;
  [[nodiscard]] bool flow_is_quiet(const Ledger& ledger) const;
  [[nodiscard]] bool doubts_resets(Instant now, const Ledger& ledger);
  [[nodiscard]] bool may_announce_target(bool all_before, Instant now, const Ledger& ledger);
  [[nodiscard]] bool wants_check() const;
  [[nodiscard]] bool wants_confirmation(const Ledger& ledger) const;
  [[nodiscard]] static bool waits_for(ProbeRole role, const Ledger& ledger);
  [[nodiscard]] bool target_is_alive() const { return state_.heard_target; }
  [[nodiscard]] bool wants_standby() const;
  [[nodiscard]] int standby_ttl() const;

  // What to say.
  [[nodiscard]] std::optional<Move> announcement(Instant now, const Ledger& ledger);
  [[nodiscard]] std::optional<model::StopReason> giving_up(const Ledger& ledger) const;
  [[nodiscard]] std::optional<model::StopReason> stop_reason(const Ledger& ledger) const;
  [[nodiscard]] model::Verdict verdict(model::StopReason stop, const Ledger& ledger) const;

  TraceOptions options_;
  int directs_wanted_ = 0;
  std::vector<FlowId> standby_;  ///< flows kept for targets whose answers name no probe
  std::size_t standby_used_ = 0;
  PathRows rows_;
  RttBook book_;
  PortVerdict state_;
  std::optional<int> announced_distance_;
  int directs_asked_ = 0;
  bool asked_again_ = false;
  bool confirmed_ = false;
  std::vector<ProbeId> samples_;  ///< probes sent alone at the target, the latest last
  bool sampling_ = false;         ///< the probe just asked for is such a sample
  int samples_asked_ = 0;
  int refusals_ = 0;
  bool anything_left_ = false;
  std::optional<Instant> begun_;
  std::optional<Instant> deadline_;
};

TracePath::TracePath(const TraceOptions& options, std::size_t sibling_flows)
    : options_{options}, rows_{options} {
  const int siblings = static_cast<int>(sibling_flows);
  directs_wanted_ = options.direct ? std::min(options.queries - 1, siblings) : 0;
  for (int flow = directs_wanted_ + 1; flow <= siblings; ++flow) {
    standby_.emplace_back(static_cast<std::uint32_t>(flow));
  }
}

// --- what to ask
// -------------------------------------------------------------------------------------

Move TracePath::next(Instant now, bool may_send, const Ledger& ledger) {
  begun_ = begun_.value_or(now);
  deadline_.reset();
  if (auto move = announcement(now, ledger)) {
    return *move;
  }
  if (const auto stop = stop_reason(ledger)) {
    return verdict(*stop, ledger);
  }
  if (!may_send) {
    return {};
  }
  const MaybeAsk ask = choose(now, ledger);
  return ask ? Move{*ask} : Move{};
}

TracePath::MaybeAsk TracePath::choose(Instant now, const Ledger& ledger) {
  if ((options_.sequential || options_.alone) && ledger.waiting_count() > 0) {
    return std::nullopt;
  }
  if (auto ask = next_in_round(1, now)) {
    return ask;
  }
  if (auto ask = direct()) {
    return ask;
  }
  for (int round = 2; round <= options_.queries; ++round) {
    if (auto ask = next_in_round(round, now)) {
      return ask;
    }
  }
  if (auto ask = check_before_target(ledger)) {
    return ask;
  }
  if (auto ask = sample_target(ledger)) {
    return ask;
  }
  if (auto ask = confirmation(ledger)) {
    return ask;
  }
  if (auto ask = direct_again(now)) {
    return ask;
  }
  return by_standby_flow();
}

Ask TracePath::hop_probe(int ttl, Instant now, FlowId flow) {
  PathRow& asked = rows_[ttl];
  asked.last_asked = now;
  ++asked.asked;
  return {
      .flow = flow,
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .role = ProbeRole::Hop,
      .attempt = asked.asked};
}

TracePath::MaybeAsk TracePath::next_in_round(int round, Instant now) {
  // Sequential: all attempts of a hop before the next hop.
  const int last = options_.sequential
                       ? std::min(options_.last_ttl, rows_.end().value_or(options_.last_ttl))
                       : rows_.reach(round);
  for (int ttl = options_.first_ttl; ttl <= last; ++ttl) {
    const PathRow& candidate = rows_[ttl];
    if (options_.sequential && candidate.asked < options_.queries) {
      return hop_probe(ttl, now);
    }
    // An open port answers one SYN of this flow at a time: its further samples are
    // sample_target()'s.
    const bool open_target = rows_.distance() == ttl && state_.heard_open;
    if (options_.sequential || candidate.asked != round - 1 || open_target) {
      continue;
    }
    if (round > kBurst && now < candidate.last_asked + kRefill) {
      const Instant due = candidate.last_asked + kRefill;
      deadline_ = std::min(deadline_.value_or(due), due);
      continue;
    }
    return hop_probe(ttl, now);
  }
  return std::nullopt;
}

Ask TracePath::direct_probe(FlowId flow) {
  // A last TTL below 30 is a wish not to go farther.
  const int ttl =
      options_.last_ttl < 30 ? options_.last_ttl : std::max(options_.last_ttl, kFullTtl);
  return {
      .flow = flow,
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .role = ProbeRole::Direct,
      .attempt = ++directs_asked_};
}

TracePath::MaybeAsk TracePath::direct() {
  if (directs_asked_ >= directs_wanted_ || options_.sequential) {
    return std::nullopt;
  }
  return direct_probe(FlowId{static_cast<std::uint32_t>(directs_asked_ + 1)});
}

TracePath::MaybeAsk TracePath::direct_again(Instant now) {
  const bool pointless = target_is_alive() || rows_.barrier() || directs_wanted_ == 0;
  if (asked_again_ || pointless || standby_used_ >= standby_.size()) {
    return std::nullopt;
  }
  if (const Instant due = *begun_ + kRetry; now < due) {
    deadline_ = std::min(deadline_.value_or(due), due);
    return std::nullopt;
  }
  asked_again_ = true;
  return direct_probe(standby_[standby_used_++]);
}

bool TracePath::wants_confirmation(const Ledger& ledger) const {
  return options_.confirm_reset && rows_.distance()
         && state_.only_resets_at(*rows_.distance(), ledger) && !confirmed_;
}

TracePath::MaybeAsk TracePath::confirmation(const Ledger& ledger) {
  if (!wants_confirmation(ledger) || waits_for(ProbeRole::Direct, ledger)
      || !flow_is_quiet(ledger)) {
    return std::nullopt;
  }
  const bool may_hear_more =
      std::ranges::any_of(ledger.records(), [this](const ProbeRecord& record) {
        return record.is_waiting() && record.probe.ttl.value() > *rows_.distance();
      });
  if (may_hear_more) {  // probes that went farther will tell without another SYN
    return std::nullopt;
  }
  confirmed_ = true;
  return Ask{
      .flow = FlowId{0},
      .ttl = Ttl{static_cast<std::uint8_t>(std::max(options_.last_ttl, kFullTtl))},
      .role = ProbeRole::Confirm,
      .attempt = 1};
}

/// The hop before the target is silent: is it a router that does not report, or the target, whose
/// answer was lost and which then answered a later probe? Only a probe that meets no sibling tells.
bool TracePath::wants_check() const {
  if (!rows_.distance() || !state_.heard_open || options_.sequential) {
    return false;
  }
  const int before = *rows_.distance() - 1;
  return before >= options_.first_ttl && !rows_[before].answered && !rows_[before].checked;
}

TracePath::MaybeAsk TracePath::check_before_target(const Ledger& ledger) {
  if (!wants_check() || !flow_is_quiet(ledger)
      || rows_[*rows_.distance() - 1].asked < options_.queries) {
    return std::nullopt;
  }
  rows_[*rows_.distance() - 1].checked = true;
  sampling_ = true;
  return hop_probe(*rows_.distance() - 1, rows_[*rows_.distance() - 1].last_asked);
}

TracePath::MaybeAsk TracePath::sample_target(const Ledger& ledger) {
  const bool wanted = rows_.distance() && state_.heard_open && !wants_check()
                      && target_samples(ledger) < options_.queries
                      && samples_asked_ < options_.queries - 1;
  if (!wanted || options_.sequential || waits_for(ProbeRole::Direct, ledger)
      || !flow_is_quiet(ledger)) {
    return std::nullopt;
  }
  ++samples_asked_;
  sampling_ = true;
  return hop_probe(*rows_.distance(), rows_[*rows_.distance()].last_asked);
}

bool TracePath::wants_standby() const {
  const bool mute_on_path =
      state_.heard_unnamed
      || (target_is_alive() && rows_.silent_until() - rows_.farthest() >= options_.gap_limit);
  return !options_.sequential && !rows_.distance() && !rows_.barrier() && mute_on_path
         && standby_used_ < standby_.size() && standby_ttl() <= options_.last_ttl;
}

int TracePath::standby_ttl() const {
  return rows_.farthest() + 1 + static_cast<int>(standby_used_) - (asked_again_ ? 1 : 0);
}

/// Flow 0 cannot tell which of its probes the target answered (RST without a key), or does not get
/// through (boxes that take a new SYN on a known connection for an attack): probes with a flow each
/// can.
TracePath::MaybeAsk TracePath::by_standby_flow() {
  if (!wants_standby()) {
    return std::nullopt;
  }
  const int ttl = standby_ttl();
  return hop_probe(ttl, rows_[ttl].last_asked, standby_[standby_used_++]);
}

// --- what was heard
// ----------------------------------------------------------------------------------

void TracePath::settled(const ProbeRecord& record, const Ledger& /*ledger*/) {
  refusals_ += record.refusal() ? 1 : 0;
  anything_left_ = anything_left_ || !record.refusal();
  rows_.add(record);
  learn(record);
}

void TracePath::learn(const ProbeRecord& record) {
  if (record.reply() != nullptr) {
    book_.add(record);
    state_.add(record);
  }
}

void TracePath::resets_disproved(const Ledger& ledger) {
  rows_.relearn(ledger.records());
  book_ = {};
  state_ = {};
  std::ranges::for_each(ledger.records(), [this](const ProbeRecord& record) { learn(record); });
}

void TracePath::heard(const engine::UnnamedAnswer& answer) {
  state_.heard_target = true;
  state_.heard_unnamed = state_.heard_unnamed || answer.flow == FlowId{0};
}

Duration TracePath::patience(const ProbeRecord& record, const Ledger& /*ledger*/) const {
  if (options_.sequential) {
    return options_.wait.max;
  }
  if (record.probe.role == ProbeRole::Hop) {
    return strategy::patience(options_.wait, book_, record.probe.ttl);
  }
  return target_patience(options_.wait, book_, rows_.barrier().has_value());
}

// --- what is known
// -----------------------------------------------------------------------------------

/// Answers of the target that will stand on its row, and samples sent alone that were lost.
int TracePath::target_samples(const Ledger& ledger) const {
  return static_cast<int>(
      std::ranges::count_if(ledger.records(), [this](const ProbeRecord& record) {
        const model::Reply* reply = record.reply();
        const bool on_row =
            record.probe.role == ProbeRole::Hop && record.probe.ttl.value() == *rows_.distance();
        const bool direct =
            record.probe.role == ProbeRole::Direct && reply != nullptr && reply->is_tcp();
        const bool lost_sample =
            record.is_settled() && std::ranges::count(samples_, record.probe.id) != 0;
        return direct || (on_row && (reply != nullptr || lost_sample));
      }));
}

bool TracePath::target_row_complete(const Ledger& ledger) const {
  if (options_.sequential) {
    return rows_.is_complete(*rows_.distance());
  }
  if (wants_check() || wants_confirmation(ledger) || waits_for(ProbeRole::Confirm, ledger)) {
    return false;
  }
  const bool quiet = samples_.empty() || ledger.record(samples_.back()).is_settled();
  if (target_samples(ledger) >= options_.queries) {
    return quiet;
  }
  // Fewer: either no more can be asked, or (closed) what was asked is still out.
  const bool exhausted = state_.heard_open ? samples_asked_ >= options_.queries - 1
                                           : rows_.is_complete(*rows_.distance());
  return exhausted && quiet && !waits_for(ProbeRole::Direct, ledger);
}

bool TracePath::waits_for(ProbeRole role, const Ledger& ledger) {
  return std::ranges::any_of(ledger.records(), [role](const ProbeRecord& record) {
    return record.probe.role == role && record.is_waiting();
  });
}

bool TracePath::doubts_resets(Instant now, const Ledger& ledger) {
  if (state_.heard_open || !rows_.distance()) {
    return false;
  }
  const auto until = doubted_until(ledger, *rows_.distance());
  if (!until || now >= *until) {
    return false;
  }
  deadline_ = std::min(deadline_.value_or(*until), *until);
  return true;
}

/// No probe sent alone at the target is pending. Those sent before its first answer do not count:
/// the RST that this host's kernel returned to that answer leaves behind them and undoes them all.
bool TracePath::flow_is_quiet(const Ledger& ledger) const {
  return !sampling_ && (samples_.empty() || ledger.record(samples_.back()).is_settled());
}

// --- what to say
// -------------------------------------------------------------------------------------

std::optional<Move> TracePath::announcement(Instant now, const Ledger& ledger) {
  if (sampling_) {  // the engine has numbered the sample meanwhile: it is the newest record
    sampling_ = false;
    samples_.emplace_back(static_cast<std::uint32_t>(ledger.records().size() - 1));
  }
  const auto distance = rows_.distance();
  if (distance && announced_distance_ != distance && !doubts_resets(now, ledger)) {
    announced_distance_ = distance;
    return model::DistanceKnown{Ttl{static_cast<std::uint8_t>(*distance)}};
  }
  const bool path_is_known = rows_.end() && !wants_check() && flow_is_quiet(ledger);
  const bool gives_up = !rows_.end() && giving_up(ledger).has_value();
  const int last = rows_.end().value_or(gives_up ? rows_.silent_until() : options_.last_ttl);
  bool all_before = true;
  for (int ttl = options_.first_ttl; ttl <= last; ++ttl) {
    const bool is_target = distance == ttl;
    const bool is_certain = ttl < rows_.farthest() || path_is_known
                            || (ttl == rows_.farthest() && !is_target) || gives_up
                            || (options_.announce_silence && !rows_.end());
    const bool complete =
        is_target ? may_announce_target(all_before, now, ledger) : rows_.is_complete(ttl);
    if (!rows_[ttl].announced && is_certain && complete) {
      rows_[ttl].announced = true;
      return engine::RowSettled{.ttl = Ttl{static_cast<std::uint8_t>(ttl)}, .is_target = is_target};
    }
    all_before = all_before && rows_[ttl].announced;
  }
  return std::nullopt;
}

/// Resets may still turn out to be somebody else's, and the target to be farther: they are told of
/// last.
bool TracePath::may_announce_target(bool all_before, Instant now, const Ledger& ledger) {
  return target_row_complete(ledger)
         && (state_.heard_open || (all_before && !doubts_resets(now, ledger)));
}

/// Why no end of the path will be found any more; nothing while it may.
std::optional<model::StopReason> TracePath::giving_up(const Ledger& ledger) const {
  const int silent = rows_.silent_until();
  const bool at_last = silent >= options_.last_ttl;
  const bool gap_reached = silent - rows_.farthest() >= options_.gap_limit && !target_is_alive();
  if ((!at_last && !gap_reached) || waits_for(ProbeRole::Direct, ledger) || wants_standby()) {
    return std::nullopt;
  }
  for (int ttl = options_.first_ttl; ttl <= silent; ++ttl) {
    if (!rows_.is_complete(ttl)) {
      return std::nullopt;
    }
  }
  return at_last ? model::StopReason::MaxTtl : model::StopReason::GapLimit;
}

/// All rows that will be shown have been announced: why the trace ends.
std::optional<model::StopReason> TracePath::stop_reason(const Ledger& ledger) const {
  if (!anything_left_ && refusals_ >= kRefusalsMax) {
    return model::StopReason::Refused;
  }
  if (!rows_.end()) {
    return giving_up(ledger);
  }
  for (int ttl = options_.first_ttl; ttl <= *rows_.end(); ++ttl) {
    if (!rows_[ttl].announced) {
      return std::nullopt;
    }
  }
  if (!rows_.distance() && waits_for(ProbeRole::Direct, ledger)) {
    return std::nullopt;
  }
  return rows_.distance() && state_.heard_tcp ? model::StopReason::TargetAnswered
                                              : model::StopReason::Unreachable;
}

model::Verdict TracePath::verdict(model::StopReason stop, const Ledger& ledger) const {
  model::Verdict result = state_.verdict(rows_.distance(), options_.confirm_reset, ledger);
  result.stop = stop;
  return result;
}

model::Verdict TracePath::verdict_so_far(const Ledger& ledger) const {
  return verdict(model::StopReason::MaxTtl, ledger);
}

}  // namespace

std::unique_ptr<engine::Strategy> trace_path(
    const TraceOptions& options, std::size_t sibling_flows) {
  return std::make_unique<TracePath>(options, sibling_flows);
}

}  // namespace synroute::strategy
