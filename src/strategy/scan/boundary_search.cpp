// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/boundary_search.hpp"

#include <algorithm>
#include <utility>

namespace synroute::strategy {
namespace {

/// This many ports inside runs are searched early, besides the edges of runs.
constexpr std::size_t kSamples = 16;

}  // namespace

BoundarySearch::BoundarySearch(const std::vector<Suspect>& suspects, int last_ttl)
    : walking_{!suspects.empty()}, last_ttl_{last_ttl} {
  for (const Suspect& suspect : suspects) {
    by_index_.emplace(suspect.index, ports_.size());
    Port port;
    port.suspect = suspect;
    ports_.push_back(port);
  }
  const auto answering =
      std::ranges::find_if(ports_, [](const Port& port) { return port.suspect.answers; });
  reference_ = answering != ports_.end() ? static_cast<std::size_t>(answering - ports_.begin()) : 0;
  // Ends change at the edges of runs of like ports, so those are searched first.
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    const auto differs = [&](std::size_t other) {
      return ports_[i].suspect.answers != ports_[other].suspect.answers;
    };
    const bool edge = i == 0 || i + 1 == ports_.size() || differs(i - 1) || differs(i + 1);
    (edge ? order_ : others).push_back(i);
  }
  // Then some far apart, for ends that change inside long runs.
  samples_ = std::min(order_.size() + kSamples, ports_.size());
  const std::size_t step = std::max<std::size_t>(others.size() / kSamples, 1);
  for (std::size_t start = 0; start < step; ++start) {
    for (std::size_t i = start; i < others.size(); i += step) {
      order_.push_back(others[i]);
    }
  }
}

BoundarySearch::Port* BoundarySearch::find(std::size_t index) {
  const auto found = by_index_.find(index);
  return found != by_index_.end() ? &ports_[found->second] : nullptr;
}

/// Silent hops at the end of the walk.
int BoundarySearch::walk_silence() const {
  int silent = 0;
  for (int ttl = 1; ttl <= last_ttl_ && hop(ttl).walked > 0; ++ttl) {
    silent = hop(ttl).router ? 0 : silent + (hop(ttl).walk_lost >= kAttempts ? 1 : 0);
  }
  return silent;
}

std::optional<BoundarySearch::Question> BoundarySearch::walk() {
  Port& port = ports_[reference_];
  const int limit = std::min({last_ttl_, port.passed + kAhead, port.stopped});
  bool awaits = false;
  for (int ttl = 1; ttl <= limit; ++ttl) {
    Hop& here = hop(ttl);
    const bool known = here.router.has_value() || ttl == port.stopped;
    const bool wanted = !known && here.walked == here.walk_lost && here.walked < kAttempts;
    if (wanted && !is_held_back(port)) {
      ++here.walked;
      if (port.not_before) {
        hold_back(port);  // one by one, where this host has refused
      }
      return Question{.index = port.suspect.index, .ttl = ttl};
    }
    awaits = awaits || wanted || (!known && here.walked > here.walk_lost);
  }
  const bool found = port.stopped != kNone;
  if (!awaits && (found || walk_silence() >= kAhead || limit == last_ttl_)) {
    end_walk(found);
  }
  return std::nullopt;
}

/// An answering port whose end was not found is not said to end behind the last hop that answered.
void BoundarySearch::end_walk(bool found) {
  Port& port = ports_[reference_];
  walking_ = false;
  top_ = found ? port.stopped : port.passed + 1;
  port.stopped = top_;
  conclude(port);
}

/// A responsive hop strictly between, in the middle of those there are.
std::optional<int> BoundarySearch::responsive_between(int low, int high) const {
  std::vector<int> candidates;
  for (int ttl = low + 1; ttl < std::min(high, kNone); ++ttl) {
    if (hop(ttl).router && !hop(ttl).limited) {
      candidates.push_back(ttl);
    }
  }
  return candidates.empty() ? std::nullopt : std::optional{candidates[candidates.size() / 2]};
}

std::optional<int> BoundarySearch::next_ttl(const Port& port) const {
  if (port.suspect.answers && port.stopped == kNone) {
    // Where the reference ends, or farther when this port's packets go on there.
    const int ttl = std::max({top_, port.passed + 1, port.silent_to + 1});
    const int limit = std::min(last_ttl_, std::max(top_, port.passed) + kAhead);
    return ttl <= limit && !port.given_up ? std::optional{ttl} : std::nullopt;
  }
  const int high = std::min(port.stopped, std::max(top_, port.passed + 1));
  for (const int end : likely_ends(port)) {
    if (const auto ttl = ttl_to_prove(end, port, high)) {
      return ttl;
    }
  }
  return responsive_between(port.passed, high);
}

/// The TTL whose answer brings the proof nearer that the port ends there: it must pass there, and
/// must not pass the next hop that would tell.
std::optional<int> BoundarySearch::ttl_to_prove(int end, const Port& port, int high) const {
  const auto answers = [this](int ttl) { return hop(ttl).router && !hop(ttl).limited; };
  if (end < port.passed || end >= high) {
    return std::nullopt;
  }
  if (end > port.passed) {
    return answers(end) ? std::optional{end} : std::nullopt;
  }
  for (int next = end + 1; next < high; ++next) {
    if (answers(next)) {
      return next;
    }
  }
  return std::nullopt;
}

/// The ends of the nearest ports that are done, then all ends found, the most frequent first.
std::vector<int> BoundarySearch::likely_ends(const Port& port) const {
  std::vector<int> ends;
  const std::size_t place = by_index_.at(port.suspect.index);
  const auto is_done = [](const Port& other) { return other.finished && !other.given_up; };
  for (std::size_t i = place; i-- > 0;) {
    if (is_done(ports_[i])) {
      ends.push_back(ports_[i].passed);
      break;
    }
  }
  const auto after =
      std::find_if(ports_.begin() + static_cast<std::ptrdiff_t>(place) + 1, ports_.end(), is_done);
  if (after != ports_.end()) {
    ends.push_back(after->passed);
  }
  std::vector<std::pair<int, int>> frequent;
  frequent.reserve(ends_.size());
  for (const auto& [end, count] : ends_) {
    frequent.emplace_back(-count, end);
  }
  std::ranges::sort(frequent);
  for (const auto& [count, end] : frequent) {
    ends.push_back(end);
  }
  return ends;
}

std::optional<BoundarySearch::Question> BoundarySearch::ask(Port& port) {
  if (is_held_back(port)) {
    return std::nullopt;
  }
  const bool again = port.asking != 0;  // lost or refused
  const auto ttl = again ? std::optional{port.asking} : next_ttl(port);
  if (!ttl) {
    conclude(port);
    return std::nullopt;
  }
  if (trials_.contains(*ttl)) {  // whose probes to that hop must be the only ones
    return std::nullopt;
  }
  if (!again) {
    port.asking = *ttl;
    port.lost = 0;
    port.tried = false;
  }
  port.out = true;
  return Question{.index = port.suspect.index, .ttl = *ttl};
}

std::optional<BoundarySearch::Question> BoundarySearch::ask_ports() {
  bool all_finished = true;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (i == samples_ && !all_finished) {
      return std::nullopt;
    }
    Port& port = ports_[order_[i]];
    if (!port.finished && !port.out) {
      if (auto question = ask(port)) {
        return question;
      }
    }
    all_finished = all_finished && port.finished;
  }
  if (all_finished) {
    assume_from_neighbours();
  }
  return std::nullopt;
}

std::optional<BoundarySearch::Question> BoundarySearch::next(Instant now) {
  now_ = now;
  if (resume_at_ && *resume_at_ <= now) {
    resume_at_.reset();
    for (const Port& port : ports_) {
      resume_at_ = is_held_back(port) ? earliest(resume_at_, port.not_before) : resume_at_;
    }
  }
  if (walking_) {
    if (auto question = walk()) {
      return question;
    }
    if (walking_) {
      return std::nullopt;
    }
  }
  if (auto question = ask_in_trial(now)) {
    return question;
  }
  if (auto question = ask_ports()) {
    return question;
  }
  start_trials();
  return ask_in_trial(now);
}

/// Nothing is left to ask about this port.
void BoundarySearch::conclude(Port& port) {
  port.finished = true;
  port.out = false;
  if (!port.suspect.answers && port.stopped == kNone) {
    port.stopped = std::max(top_, port.passed + 1);  // a full TTL was silent too
  }
  if (!port.given_up && !is_reference(port)) {
    ++ends_[port.passed];
  }
}

/// A port that could not be measured takes over what its nearest measured neighbours of the same
/// kind on both sides agree on.
void BoundarySearch::assume_from_neighbours() {
  const auto nearest = [this](std::size_t from, int step) -> const Port* {
    for (auto i = static_cast<std::ptrdiff_t>(from) + step;
         i >= 0 && i < static_cast<std::ptrdiff_t>(ports_.size());
         i += step) {
      const Port& other = ports_[static_cast<std::size_t>(i)];
      if (other.suspect.answers != ports_[from].suspect.answers) {
        return nullptr;
      }
      if (!other.given_up) {
        return &other;
      }
    }
    return nullptr;
  };
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    Port& port = ports_[i];
    if (!port.given_up || port.assumed) {
      continue;
    }
    const Port* before = nearest(i, -1);
    const Port* after = nearest(i, +1);
    if (before != nullptr && after != nullptr && before->passed == after->passed
        && before->stopped == after->stopped && before->passed >= port.passed) {
      port.passed = before->passed;
      port.passed_by = before->passed_by;
      port.stopped = before->stopped;
      port.stop_seen = before->stop_seen;
      port.assumed = true;
    }
  }
}

bool BoundarySearch::finished() const {
  return !walking_ && std::ranges::all_of(ports_, [](const Port& port) { return port.finished; });
}

std::optional<model::Reach> BoundarySearch::reach(std::size_t index) const {
  const auto found = by_index_.find(index);
  if (found == by_index_.end()) {
    return std::nullopt;
  }
  const Port& port = ports_[found->second];
  // Silence is no end of a port on which the target answers.
  // Nor is the largest TTL used.
  const bool is_silence = !port.suspect.answers && port.passed < last_ttl_;
  const bool has_end = port.stopped != kNone && (port.stop_seen || is_silence);
  if ((port.given_up && !port.assumed) || (!has_end && port.passed == 0)) {
    return std::nullopt;
  }
  model::Reach reach;
  reach.last_passed = ttl_of(port.passed);
  reach.last_passed_by = port.passed_by;
  if (has_end) {
    reach.first_stopped = ttl_of(port.stopped);
  }
  reach.assumed = port.assumed;
  return reach;
}

}  // namespace synroute::strategy
