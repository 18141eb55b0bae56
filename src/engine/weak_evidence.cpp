// SPDX-License-Identifier: Apache-2.0
#include "engine/weak_evidence.hpp"

#include <algorithm>
#include <cmath>

namespace synroute::engine {
namespace {

using std::chrono::milliseconds;

// The numbers are those of a simulation: at these thresholds none of 1,440,000 blind floods of
// 1,000 to 1,000,000 packets per second was believed, and a true target with 2 % loss was missed in
// at most 1.9 % of runs.
constexpr double kBelieve = 24;
constexpr double kDismiss = -7;
constexpr std::size_t kQuestionsMax = 14;
/// An answer comes in 92 of 100 cases where the target does answer: loss, and jitter beyond the
/// window.
constexpr double kAnswerChance = 0.92;
constexpr Duration kListenFirst = milliseconds{300};
constexpr Duration kLongestDelay = milliseconds{1500};
constexpr Duration kGuard = milliseconds{20};
constexpr milliseconds kLeastGap{20};
constexpr milliseconds kLargestGap{120};
/// More than this at one port is a flood aimed at it: nothing can be told any more.
constexpr std::size_t kHeardMax = 4096;

/// How far answers may lie from the usual delay: this much earlier, twice as much later.
Duration tolerance(Duration centre) {
  return std::min<Duration>(milliseconds{75}, std::max<Duration>(milliseconds{5}, centre / 4));
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

WeakEvidence::WeakEvidence(std::span<const Port> ports, Instant start, std::uint64_t seed)
    : ports_{ports.begin(), ports.end()}, heard_(ports.size()), start_{start}, random_{seed} {
  for (std::size_t last = ports_.size(); last > 1; --last) {  // in an order nobody can foresee
    std::swap(ports_[last - 1], ports_[random_.below(last)]);
  }
  schedule(start + kListenFirst);
}

void WeakEvidence::schedule(Instant after) {
  const auto spread = static_cast<std::uint64_t>((kLargestGap - kLeastGap).count());
  const auto extra = static_cast<milliseconds::rep>(random_.below(spread + 1));
  next_question_ = after + kLeastGap + milliseconds{extra};
}

void WeakEvidence::heard(Port port, Instant at) {
  const auto found = std::ranges::find(ports_, port);
  if (found == ports_.end()) {
    return;
  }
  const auto index = static_cast<std::size_t>(found - ports_.begin());
  auto& times = heard_[index];
  // Ports are asked in their order: this one waits for its answer only between asking and weighing.
  const bool awaits_answer = index >= weighed_ && index < questions_.size();
  strays_ += awaits_answer ? 0 : 1;
  if (times.size() < kHeardMax) {
    times.push_back(at);
  }
}

std::optional<Port> WeakEvidence::ask(Instant now) {
  if (!next_question_ || now < *next_question_) {
    return std::nullopt;
  }
  if (questions_.size() >= std::min(kQuestionsMax, ports_.size())) {
    next_question_.reset();
    return std::nullopt;
  }
  questions_.push_back({.port = questions_.size(), .at = now});
  schedule(now);
  return ports_[questions_.back().port];
}

std::optional<Duration> WeakEvidence::median_delay() const {
  if (delays_.empty()) {
    return std::nullopt;
  }
  std::vector<Duration> sorted = delays_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  return *middle;
}

WeakEvidence::Window WeakEvidence::window_of(const Question& question, Duration centre) {
  const Duration delta = tolerance(centre);
  return {.from = question.at + centre - delta, .until = question.at + centre + (2 * delta)};
}

/// The chance that a packet of the flood falls into a window of this length at one port: from the
/// density outside all windows, with a margin (95 % upper bound for small counts).
double WeakEvidence::chance_within(Duration length, Instant now) const {
  const double exposure =
      (seconds(now - start_) * static_cast<double>(ports_.size())) - seconds(in_windows_);
  const double rate = (static_cast<double>(strays_) + 3) / std::max(exposure, 1e-3);
  return std::min(0.999, rate * seconds(length));
}

/// The first packet to a port that was asked from fixes where answers are expected. It earns
/// nothing: a flood would have fixed it as well.
void WeakEvidence::find_centre(const Question& question, Instant now) {
  const auto& times = heard_[question.port];
  const auto first = std::ranges::find_if(times, [&](Instant at) { return at >= question.at; });
  if (first != times.end() && *first - question.at <= kLongestDelay) {
    delays_.push_back(*first - question.at);
    strays_ += times.size() - 1;
    return;
  }
  const double chance = chance_within(3 * tolerance(kLongestDelay), now);
  score_ += std::min(0.0, std::log2((1 - kAnswerChance) / (1 - chance)));
}

void WeakEvidence::weigh(const Question& question, const Window& window, Instant now) {
  const auto& times = heard_[question.port];
  const auto is_inside = [&](Instant at) { return at >= window.from && at <= window.until; };
  const auto inside = static_cast<std::size_t>(std::ranges::count_if(times, is_inside));
  const auto after = static_cast<std::size_t>(
      std::ranges::count_if(times, [&](Instant at) { return at >= question.at; }));
  in_windows_ += window.until - window.from;
  if (times.size() > inside || inside > 1) {  // this port meets a flood: it earns nothing
    strays_ += after - std::min<std::size_t>(inside, 1);
    return;
  }
  const double chance = chance_within(window.until - window.from, now);
  // Both terms are clamped. Without that a miss under a dense flood would count for the target.
  if (inside == 1) {
    score_ += std::max(0.0, std::log2(kAnswerChance / chance));
    delays_.push_back(*std::ranges::find_if(times, is_inside) - question.at);
  } else {
    score_ += std::min(0.0, std::log2((1 - kAnswerChance) / (1 - chance)));
  }
}

bool WeakEvidence::weigh_next(Instant now) {
  if (weighed_ >= questions_.size()) {
    return false;
  }
  const Question& question = questions_[weighed_];
  const auto centre = median_delay();
  if (!centre) {
    const auto& times = heard_[question.port];
    const bool answered = std::ranges::any_of(times, [&](Instant at) { return at >= question.at; });
    if (!answered && now < question.at + kLongestDelay) {
      return false;
    }
    find_centre(question, now);
  } else {
    const Window window = window_of(question, *centre);
    if (now < window.until + kGuard) {
      return false;
    }
    weigh(question, window, now);
  }
  ++weighed_;
  return true;
}

bool WeakEvidence::has_asked_from(Port port) const {
  return std::ranges::any_of(
      questions_, [&](const Question& question) { return ports_[question.port] == port; });
}

WeakEvidence::Verdict WeakEvidence::verdict(Instant now) {
  while (score_ < kBelieve && score_ > kDismiss && weigh_next(now)) {}
  const std::size_t most = std::min(kQuestionsMax, ports_.size());
  if (score_ >= kBelieve) {
    next_question_.reset();
    return Verdict::Believed;
  }
  if (score_ <= kDismiss || weighed_ >= most) {
    next_question_.reset();
    return Verdict::Undecided;
  }
  return Verdict::Open;
}

std::optional<Instant> WeakEvidence::deadline() const {
  std::optional<Instant> due = next_question_;
  if (weighed_ < questions_.size() && score_ < kBelieve && score_ > kDismiss) {
    const Question& question = questions_[weighed_];
    const auto centre = median_delay();
    const Instant ready =
        centre ? window_of(question, *centre).until + kGuard : question.at + kLongestDelay;
    due = due ? std::min(*due, ready) : ready;
  }
  return due;
}

}  // namespace synroute::engine
