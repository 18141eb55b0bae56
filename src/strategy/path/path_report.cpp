// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/path_report.hpp"

#include "strategy/path/reset_suspicion.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

using engine::Ledger;
using engine::Move;
using model::ProbeRole;
using model::StopReason;

/// Some probe left this host that does not end at a router that has answered; where this host
/// refused none, all did.
bool may_have_reached(const PathRows& rows, const Ledger& ledger) {
  return ledger.counters().refused == 0
         || std::ranges::any_of(ledger.records(), [&rows](const model::ProbeRecord& record) {
              const model::Probe& probe = record.probe;
              return probe.has_left
                     && (probe.role == ProbeRole::Direct || probe.ttl.value() > rows.farthest());
            });
}

}  // namespace

std::optional<Move> PathReport::announce(Instant now, const Ledger& ledger) {
  deadline_ = suspicion_end(now, ledger);
  const bool suspects_resets = deadline_.has_value();
  const auto distance = known_.rows().distance();
  if (distance && announced_distance_ != distance && !suspects_resets) {
    announced_distance_ = distance;
    return model::DistanceKnown{ttl_of(*distance)};
  }
  if (auto row = announce_row(now, ledger, suspects_resets)) {
    return row;
  }
  return announce_silence(now, ledger);
}

std::optional<Move> PathReport::announce_row(
    Instant now, const Ledger& ledger, bool suspects_resets) {
  const PathRows& rows = known_.rows();
  const auto distance = rows.distance();
  const bool path_is_known = rows.end() && !plan_.wants_check() && plan_.is_quiet(ledger);
  const bool gives_up = !rows.end() && reason_to_give_up(now, ledger);
  const int last = rows.end().value_or(gives_up ? rows.silent_until() : options_.last_ttl);
  bool all_before = true;
  for (int ttl = options_.first_ttl; ttl <= last; ++ttl) {
    const bool is_target = distance == ttl;
    const bool is_certain = ttl < rows.farthest() || path_is_known
                            || (ttl == rows.farthest() && !is_target) || gives_up
                            || (options_.announce_silence && !rows.end());
    const bool is_complete = is_target ? may_announce_target(all_before, suspects_resets, ledger)
                                       : rows.is_complete(ttl);
    if (!is_announced(ttl) && is_certain && is_complete) {
      announced_.set(static_cast<std::size_t>(ttl));
      return engine::RowSettled{.ttl = ttl_of(ttl), .is_target = is_target};
    }
    all_before = all_before && is_announced(ttl);
  }
  return std::nullopt;
}

/// What follows the last answering hop has been silent for the ordinary time, and the trace goes on
/// only because a router may report late that the target is down.
std::optional<Move> PathReport::announce_silence(Instant now, const Ledger& ledger) {
  const int last = known_.rows().farthest();
  const auto due = known_.host_report_due();
  const bool is_silent = known_.rows().silent_until() > last;
  if (announced_silence_beyond_ == last || !due || now >= *due || !is_silent) {
    return std::nullopt;
  }
  announced_silence_beyond_ = last;
  return model::ProvisionalVerdict{.verdict = verdict(StopReason::GapLimit, ledger), .until = *due};
}

/// Until when resets that look forged keep the target from being announced; nothing when they do
/// not.
std::optional<Instant> PathReport::suspicion_end(Instant now, const Ledger& ledger) const {
  const auto distance = known_.rows().distance();
  if (known_.port().heard_open || !distance) {
    return std::nullopt;
  }
  const auto until = suspected_until(ledger, *distance);
  return until && now < *until ? until : std::nullopt;
}

/// A row of resets comes last, and not while they are suspected: the target may turn out to be
/// farther.
bool PathReport::may_announce_target(
    bool all_before, bool suspects_resets, const Ledger& ledger) const {
  return plan_.target_row_is_complete(ledger)
         && (known_.port().heard_open || (all_before && !suspects_resets));
}

/// Why no end of the path will be found any more; nothing while it may.
std::optional<StopReason> PathReport::reason_to_give_up(Instant now, const Ledger& ledger) const {
  return wants_host_report(now, ledger) ? std::nullopt : end_without_target(ledger);
}

bool PathReport::wants_host_report(Instant now, const Ledger& ledger) const {
  const auto due = known_.host_report_due();
  return due && now < *due && !known_.awaits_host_report() && end_without_target(ledger);
}

std::optional<StopReason> PathReport::end_without_target(const Ledger& ledger) const {
  const PathRows& rows = known_.rows();
  const int silent = rows.silent_until();
  const bool is_at_last = silent >= options_.last_ttl;
  const bool is_gap_reached =
      silent - rows.farthest() >= options_.gap_limit && !known_.port().heard_target;
  const bool may_learn_more = ledger.waiting_count(ProbeRole::Direct) > 0 || ledger.awaits_proof();
  if ((!is_at_last && !is_gap_reached) || may_learn_more || plan_.wants_standby()
      || plan_.wants_direct_on_path()) {
    return std::nullopt;
  }
  for (int ttl = options_.first_ttl; ttl <= silent; ++ttl) {
    if (!rows.is_complete(ttl)) {
      return std::nullopt;
    }
  }
  return is_at_last ? StopReason::MaxTtl : StopReason::GapLimit;
}

std::optional<StopReason> PathReport::stop_reason(Instant now, const Ledger& ledger) const {
  if (host_refuses(ledger)) {
    return StopReason::Refused;
  }
  const PathRows& rows = known_.rows();
  if (!rows.end()) {
    return reason_to_give_up(now, ledger);
  }
  for (int ttl = options_.first_ttl; ttl <= *rows.end(); ++ttl) {
    const bool waits_again = ttl < *rows.end() && !rows.is_complete(ttl);
    if (!is_announced(ttl) || waits_again) {
      return std::nullopt;
    }
  }
  if (!rows.distance() && ledger.waiting_count(ProbeRole::Direct) > 0) {
    return std::nullopt;
  }
  return rows.distance() && known_.port().heard_tcp ? StopReason::TargetAnswered
                                                    : StopReason::Unreachable;
}

model::Verdict PathReport::verdict(StopReason stop, const Ledger& ledger) const {
  model::Verdict result =
      known_.port().verdict(known_.rows().distance(), options_.confirm_reset, ledger);
  result.stop = stop;
  if (stop == StopReason::Refused) {
    result.state = lacks_link(ledger) ? model::PortState::Unreachable : model::PortState::NotTested;
  } else if (model::is_silence(result.state) && !may_have_reached(known_.rows(), ledger)) {
    result.state = model::PortState::NotTested;
  }
  return result;
}

}  // namespace synroute::strategy
