// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/port_scan.hpp"

#include "model/limits.hpp"
#include "model/reply_meaning.hpp"
#include "strategy/scan/port_scan_strategy.hpp"
#include "strategy/scan/port_states.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::strategy {

using engine::Ask;
using engine::Ledger;
using engine::Move;
using model::ProbeRecord;
using model::ProbeRole;

Move PortScan::next(Instant now, bool may_send, const Ledger& ledger) {
  now_ = now;
  if (std::exchange(was_impatient_, false)) {
    return engine::WaitAgain{};
  }
  settle_weighed_ports();
  if (!news_.empty()) {
    const std::size_t index = news_.front();
    news_.pop_front();
    model::PortResult result = ports_[index].result;
    result.port = ledger.flow(FlowId{static_cast<std::uint32_t>(index)}).target_port;
    return model::PortSettled{result};
  }
  if (is_scanned() && wanted_ < ports_.size() && !search_ && looks_too_open()) {
    wanted_ = ports_.size();
  }
  const bool any_left = ledger.counters().sent > 0;
  if (is_scanned() && !search_ && any_left && (options_.where || everything_is_open())) {
    start_search();
  }
  std::optional<Ask> ask;
  if (may_send) {
    ask = choose(now);
  }
  if (ask) {
    return *ask;
  }
  // The search may have ended while it looked for a question.
  if (search_ && !searched_ && search_->finished()) {
    collect_reach();
    return next(now, may_send, ledger);
  }
  if (!is_scanned() || (search_ && !searched_) || resets_.doubted_until(now, patience_)) {
    return {};
  }
  if (!std::exchange(ended_, true) && ledger.counters().refused > 0) {
    note_unsent(ledger);
    return next(now, may_send, ledger);
  }
  return verdict_so_far(ledger);
}

std::optional<Ask> PortScan::choose(Instant now) {
  if (!again_.empty()) {
    const std::size_t index = again_.front();
    again_.pop_front();
    return ask_target(index);
  }
  if (fresh_ < wanted_) {
    ++unfinished_;
    return ask_target(fresh_++);
  }
  if (!search_ || searched_) {
    return std::nullopt;
  }
  if (const auto question = search_->next(now)) {
    next_port_ = question->index;
    return Ask{
        .flow = FlowId{static_cast<std::uint32_t>(question->index)},
        .ttl = ttl_of(question->ttl),
        .role = ProbeRole::Hop,
        .attempt = 1};
  }
  return std::nullopt;
}

Ask PortScan::ask_target(std::size_t index) {
  next_port_ = index;
  return {
      .flow = FlowId{static_cast<std::uint32_t>(index)},
      .ttl = Ttl{model::kFullTtl},
      .role = ProbeRole::Direct,
      .attempt = ++ports_[index].asked};
}

/// More than half of the ports asked for are open: servers offer a few.
bool PortScan::looks_too_open() const {
  const auto open = std::ranges::count_if(ports_, [](const PortWork& work) {
    return work.known && work.result.state == model::PortState::Open;
  });
  return 2 * static_cast<std::size_t>(open) > ports_.size() - options_.controls;
}

/// Even the controls are.
bool PortScan::everything_is_open() const {
  return options_.controls > 0 && fresh_ == ports_.size()
         && std::ranges::all_of(ports_, [](const PortWork& work) {
              return !work.result.control || work.result.state == model::PortState::Open;
            });
}

void PortScan::start_search() {
  std::vector<BoundarySearch::Suspect> suspects;
  for (const PortWork& work : ports_) {
    if (work.asked == 0 || (!options_.where && !work.result.control)) {
      continue;
    }
    suspects.push_back(
        {.index = index_of(work),
         .answers = work.result.heard || model::is_answer_of_target(work.result.state)});
  }
  search_.emplace(suspects, options_.last_ttl);
}

void PortScan::collect_reach() {
  searched_ = true;
  for (PortWork& work : ports_) {
    work.result.reach = search_->reach(index_of(work));
    // Probes that expired beyond a forged reset.
    if (work.result.reach && work.result.reach->first_stopped
        && *work.result.reach->first_stopped <= work.result.reach->last_passed) {
      work.result.reach.reset();
    }
    if (work.result.reach) {
      news_.push_back(index_of(work));
    }
  }
}

/// Silence means nothing where no probe to the port has left this host. It may find that out after
/// the probe was given up.
void PortScan::note_unsent(const Ledger& ledger) {
  std::vector<bool> left(ports_.size());
  std::vector<std::optional<model::Refusal>> refusals(ports_.size());
  for (const ProbeRecord& record : ledger.records()) {
    const std::size_t index = port_of(record.probe.id);
    if (index != kNoPort && record.probe.role == ProbeRole::Direct) {
      left[index] = left[index] || !record.refusal();
      refusals[index] = record.refusal() ? record.refusal() : refusals[index];
    }
  }
  for (PortWork& work : ports_) {
    const auto& refusal = refusals[index_of(work)];
    const bool is_silent = work.final && !work.known && !work.result.heard;
    if (is_silent && refusal && !left[index_of(work)]) {
      work.result.state = state_of_refusal(*refusal);
      news_.push_back(index_of(work));
    }
  }
}

/// The state of the port that ranks first in model::PortState; reached when the target itself
/// answered on any port.
model::Verdict PortScan::verdict_so_far(const Ledger& ledger) const {
  model::Verdict verdict;
  if (lacks_all_links(ledger)) {
    verdict.state = model::PortState::Unreachable;
    verdict.stop = model::StopReason::Refused;
    return verdict;
  }
  verdict.state = ledger.counters().sent > 0
                      ? model::state_of_silence(ledger.records().front().probe.flags)
                      : model::PortState::NotTested;
  verdict.stop = model::StopReason::MaxTtl;
  for (const PortWork& work : ports_) {
    verdict.reached = verdict.reached || work.result.heard
                      || (work.known && model::is_answer_of_target(work.result.state));
    if (work.known && (!verdict.decided_by || work.result.state < verdict.state)) {
      verdict.state = work.result.state;
      verdict.decided_by = work.result.decided_by;
      verdict.stop = model::StopReason::TargetAnswered;
    }
  }
  return verdict;
}

std::unique_ptr<engine::Strategy> port_scan(const ScanOptions& options, std::size_t port_count) {
  return std::make_unique<PortScan>(options, port_count);
}

}  // namespace synroute::strategy
