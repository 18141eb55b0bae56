// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/port_scan.hpp"

#include "model/limits.hpp"
#include "model/reply_meaning.hpp"
#include "strategy/scan/boundary_search.hpp"
#include "strategy/scan/port_states.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::strategy {
namespace {

using engine::Ask;
using engine::Ledger;
using engine::Move;
using model::ProbeRecord;
using model::ProbeRole;
using model::ReplyKind;

/// This many attempts at a port that this host refuses (full buffers) do not count as attempts.
constexpr int kRefusalsMax = 10;
/// An answer is waited for at least this much longer than the slowest so far: hosts queue SYNs
/// under load.
constexpr Duration kMargin = std::chrono::milliseconds{100};

/// Of probes that the scan has not asked for.
constexpr std::size_t kNoPort = std::numeric_limits<std::size_t>::max();

class PortScan final : public engine::Strategy {
 public:
  PortScan(const ScanOptions& options, std::size_t port_count)
      : options_{options}, ports_(port_count), wanted_{port_count - options.controls} {
    for (std::size_t i = wanted_; i < port_count; ++i) {
      ports_[i].result.control = true;
    }
  }

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void asked(ProbeId id) override {
    probe_ports_.resize(id.value(), kNoPort);  // the engine has asked for the others
    probe_ports_.push_back(next_port_);
  }
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer& answer) override;
  [[nodiscard]] Duration patience(
      const ProbeRecord& /*record*/, const Ledger& /*ledger*/) const override {
    return patience_;
  }
  [[nodiscard]] std::optional<Instant> deadline() const override {
    return search_ && !searched_ ? search_->deadline(now_) : std::nullopt;
  }
  [[nodiscard]] bool has_uniform_patience() const override { return true; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  struct PortWork {
    model::PortResult result;
    bool known = false;  ///< answered
    bool final = false;  ///< answered, or silent often enough
    int asked = 0;
    int refused = 0;
  };

  /// All ports asked so far have their result.
  [[nodiscard]] bool is_scanned() const {
    return fresh_ >= wanted_ && again_.empty() && unfinished_ == 0;
  }
  [[nodiscard]] std::optional<Ask> choose(Instant now);
  [[nodiscard]] Ask ask_target(std::size_t index);
  void take_answer(PortWork& work, const ProbeRecord& record);
  void take_silence(PortWork& work, const ProbeRecord& record);
  void note_heard(PortWork& work);
  void note_unsent(const Ledger& ledger);
  void settle(PortWork& work);
  void ask_silent_ones_again();
  void learn_rtt(Duration rtt);
  void start_search();
  [[nodiscard]] bool looks_too_open() const;
  [[nodiscard]] bool everything_is_open() const;
  void collect_reach();
  [[nodiscard]] std::size_t port_of(ProbeId id) const {
    return id.value() < probe_ports_.size() ? probe_ports_[id.value()] : kNoPort;
  }
  [[nodiscard]] int tries() const {
    return 1 + (lossy_ ? options_.retries_when_lossy : options_.retries);
  }
  [[nodiscard]] std::size_t index_of(const PortWork& work) const {
    return static_cast<std::size_t>(&work - ports_.data());
  }

  ScanOptions options_;
  std::vector<PortWork> ports_;
  std::vector<std::size_t> probe_ports_;  ///< the port of each probe; ProbeId is the index
  std::size_t next_port_ = 0;             ///< of the probe that next() returned last
  std::size_t wanted_;                    ///< ports asked in any case; controls follow
  std::size_t fresh_ = 0;                 ///< the first port not asked yet
  std::deque<std::size_t> again_;         ///< ports whose last SYN stayed unanswered
  std::deque<std::size_t> news_;          ///< ports with a result to announce
  std::size_t unfinished_ = 0;            ///< ports asked but not final
  bool lossy_ = false;
  Duration patience_ = options_.wait_max;
  std::optional<Duration> slowest_;
  std::optional<BoundarySearch> search_;
  bool searched_ = false;
  bool ended_ = false;  ///< nothing is left to ask
  Instant now_;         ///< of the last call of next()
};

Move PortScan::next(Instant now, bool may_send, const Ledger& ledger) {
  now_ = now;
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
  if (!is_scanned() || (search_ && !searched_)) {
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

void PortScan::settled(const ProbeRecord& record, const Ledger& /*ledger*/) {
  const std::size_t index = port_of(record.probe.id);
  if (index == kNoPort) {
    return;
  }
  PortWork& work = ports_[index];
  const bool full = record.probe.role == ProbeRole::Direct;
  if (search_) {
    search_->settled(index, record);
  }
  if (record.reply() != nullptr) {
    learn_rtt(record.reply()->rtt);
    if (full) {
      take_answer(work, record);
    }
  } else if (full) {
    take_silence(work, record);
  }
}

void PortScan::heard(const engine::UnnamedAnswer& answer) {
  const std::size_t index = answer.flow.value();
  if (answer.kind == ReplyKind::Ack && index < ports_.size()) {
    note_heard(ports_[index]);
  }
}

/// The target answers, whatever that means for the port.
void PortScan::note_heard(PortWork& work) {
  if (std::exchange(work.result.heard, true)) {
    return;
  }
  if (search_) {
    search_->answers(index_of(work));
  }
  if (work.final) {
    news_.push_back(index_of(work));
  }
}

void PortScan::learn_rtt(Duration rtt) {
  slowest_ = std::max(slowest_.value_or(Duration{}), rtt);
  patience_ = std::min(options_.wait_max, std::max(2 * *slowest_, *slowest_ + kMargin));
}

void PortScan::take_answer(PortWork& work, const ProbeRecord& record) {
  const model::Reply& reply = *record.reply();
  if (reply.kind == ReplyKind::Ack) {
    note_heard(work);
  }
  if (reply.kind == ReplyKind::TimeExceeded || reply.kind == ReplyKind::Ack) {
    take_silence(work, record);  // does not decide the state of the port
    return;
  }
  if (work.known) {
    return;
  }
  // An earlier SYN or its answer was lost.
  if (record.probe.attempt > 1 && !lossy_) {
    lossy_ = true;
    ask_silent_ones_again();
  }
  work.known = true;
  work.result.state = state_by(record);
  work.result.decided_by = record.probe.id;
  work.result.rtt = reply.rtt;
  std::erase(again_, index_of(work));
  if (search_ && model::is_answer_of_target(work.result.state)) {
    search_->answers(index_of(work));
  }
  settle(work);
}

void PortScan::take_silence(PortWork& work, const ProbeRecord& record) {
  if (work.known || work.final || record.is_late() || record.probe.attempt < work.asked) {
    return;
  }
  if (record.refusal() && ++work.refused <= kRefusalsMax) {
    --work.asked;
    again_.push_back(index_of(work));
  } else if (work.asked < tries()) {
    again_.push_back(index_of(work));
  } else {
    work.result.state = record.refusal() ? state_of_refusal(*record.refusal())
                                         : model::state_of_silence(record.probe.flags);
    settle(work);
  }
}

void PortScan::settle(PortWork& work) {
  unfinished_ -= work.final ? 0U : 1U;
  work.final = true;
  work.result.attempts = work.asked;
  news_.push_back(index_of(work));
}

void PortScan::ask_silent_ones_again() {
  for (PortWork& work : ports_) {
    if (work.final && !work.known && !search_) {
      work.final = false;
      ++unfinished_;
      again_.push_back(index_of(work));
    }
  }
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

}  // namespace

std::unique_ptr<engine::Strategy> port_scan(const ScanOptions& options, std::size_t port_count) {
  return std::make_unique<PortScan>(options, port_count);
}

}  // namespace synroute::strategy
