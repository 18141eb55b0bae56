// SPDX-License-Identifier: Apache-2.0
// The part of BoundarySearch that compares silent ports with controls.
#include "strategy/scan/boundary_search.hpp"

#include <algorithm>
#include <utility>

namespace synroute::strategy {
namespace {

/// Probes to each port in a trial, and controls. Linux answers a burst of six, and one went to the
/// walk.
constexpr int kTrialProbes = 5;
/// The same in the second trial, of ports whose first one failed: slowly enough for a router that
/// reports ten times a second. Both together mistake a limit for a filter with probability 0.0051.
constexpr int kSecondTrialProbes = 6;
constexpr Duration kSecondTrialPause = std::chrono::milliseconds{200};
/// More ports at once would keep one trial from an answer for too long.
constexpr std::size_t kTrialPorts = 64;

}  // namespace

std::optional<Instant> BoundarySearch::deadline(Instant now) const {
  std::optional<Instant> next = resume_at_ && *resume_at_ > now ? resume_at_ : std::nullopt;
  for (const auto& [ttl, trial] : trials_) {
    const auto due = trial.due();
    next = due && *due > now ? earliest(next, due) : next;
  }
  return next;
}

ControlledTrial::Outcome BoundarySearch::outcome_of(const model::ProbeRecord& record) {
  if (record.refusal()) {
    return ControlledTrial::Outcome::Refused;
  }
  return is_answer(record) ? ControlledTrial::Outcome::Answered : ControlledTrial::Outcome::Lost;
}

std::optional<BoundarySearch::Question> BoundarySearch::ask_in_trial(Instant now) {
  for (auto& [ttl, trial] : trials_) {
    if (const auto index = trial.next(now)) {
      return Question{.index = *index, .ttl = ttl};
    }
  }
  return std::nullopt;
}

/// One at each hop for which ports wait, unless there is one already.
void BoundarySearch::start_trials() {
  std::map<int, std::vector<std::size_t>> waiting;
  std::map<int, bool> second;
  for (const Port& port : ports_) {
    if (port.on_trial && !trials_.contains(port.asking)) {
      waiting[port.asking].push_back(port.suspect.index);
      second[port.asking] = second[port.asking] || port.tried;
    }
  }
  for (auto& [ttl, indexes] : waiting) {
    indexes.resize(std::min(indexes.size(), kTrialPorts));
    trials_.emplace(
        ttl,
        ControlledTrial{
            ports_[reference_].suspect.index,
            std::move(indexes),
            second[ttl] ? kSecondTrialProbes : kTrialProbes,
            second[ttl] ? kSecondTrialPause : Duration{},
            random_.split()});
  }
}

void BoundarySearch::conclude_trial(int ttl, const ControlledTrial& trial) {
  for (const std::size_t index : trial.ports()) {
    Port& port = *find(index);
    const ControlledTrial::Result result = trial.result(index);
    const bool reaches = port.has_answer_at(ttl);  // perhaps by an answer that came late
    if (!reaches && result == ControlledTrial::Result::Unknown && !port.tried) {
      port.tried = true;  // waits for another
      continue;
    }
    if (!reaches && result == ControlledTrial::Result::Stopped) {
      port.stopped = std::min(port.stopped, ttl);
    } else if (!reaches) {
      hop(ttl).limited = true;
      port.given_up = true;
    }
    release(port);
  }
}

}  // namespace synroute::strategy
