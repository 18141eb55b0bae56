// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_path.hpp"

#include "model/limits.hpp"
#include "strategy/classic/classic_end.hpp"
#include "strategy/classic/classic_row.hpp"
#include "strategy/classic/unnamed_answers.hpp"
#include "strategy/path/port_verdict.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace synroute::strategy {
namespace {

using engine::Ask;
using engine::Ledger;
using engine::Move;
using model::ProbeRecord;

/// TTLs sent ahead of the farthest answer.
constexpr int kAhead = 16;
/// After this much silence a row is asked again, and farther rows for the first time.
constexpr Duration kPause = std::chrono::seconds{1};
/// After an answer no farther probe is sent for this time: another answer of the same batch may be
/// the target's, and a further probe would occupy the target again.
constexpr Duration kSettleTime = std::chrono::milliseconds{2};
/// How much longer than the largest round trip so far a probe beyond the last row is waited for,
/// which is not shown.
constexpr Duration kGrace = std::chrono::milliseconds{800};
/// The same for a pair of samples, once one of them has been answered.
constexpr Duration kPairGrace = std::chrono::milliseconds{50};

class ClassicPath final : public engine::Strategy {
 public:
  explicit ClassicPath(const ClassicOptions& options);

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void asked(ProbeId id) override;
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer& answer) override { unnamed_.hear(answer.received); }
  [[nodiscard]] bool takes_any_time_exceeded() const override { return true; }
  void relearn(const Ledger& ledger) override;
  [[nodiscard]] Duration patience(const ProbeRecord& record, const Ledger& ledger) const override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return deadline_; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  using MaybeAsk = std::optional<Ask>;

  // What to ask.
  [[nodiscard]] MaybeAsk choose(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_in_turn(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_farther(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_again(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_alone(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_sample(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk ask_rejecting_router(Instant now, const Ledger& ledger);
  [[nodiscard]] Ask make_ask(int ttl, Instant now, const Ledger& ledger);
  [[nodiscard]] std::optional<Instant> due_again(int ttl) const;
  void wake_at(Instant due) { deadline_ = earliest(deadline_, due); }

  // What is known.
  [[nodiscard]] ClassicRow& row(int ttl) { return rows_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] const ClassicRow& row(int ttl) const {
    return rows_[static_cast<std::size_t>(ttl)];
  }
  [[nodiscard]] int last_row() const;
  [[nodiscard]] bool is_complete(int ttl, const Ledger& ledger) const;
  [[nodiscard]] bool must_ask_alone() const;
  void learn(const ProbeRecord& record);

  // What to say.
  [[nodiscard]] std::optional<Move> announce(const Ledger& ledger);
  [[nodiscard]] std::optional<model::StopReason> stop_reason() const;
  [[nodiscard]] model::Verdict verdict(model::StopReason stop, const Ledger& ledger) const;

  ClassicOptions options_;
  Duration pause_;
  std::array<ClassicRow, model::kTtlMax + 1> rows_{};
  Duration largest_rtt_{};
  PortVerdict state_;
  Instant last_heard_;
  int farthest_;  ///< the largest TTL that expired at a router
  ClassicEnd end_;
  std::optional<int> refused_;  ///< the smallest TTL for which this host refused a probe
  std::size_t asked_ = 0;       ///< probes in all
  std::optional<ClassicEnd::Sample> sample_;  ///< the probe that next() returned last, if it is one

  UnnamedAnswers unnamed_;
  int alone_ttl_ = 0;  ///< the last TTL asked by ask_alone()
  std::optional<Instant> deadline_;
};

ClassicPath::ClassicPath(const ClassicOptions& options)
    : options_{options},
      pause_{std::min(kPause, options.wait)},
      farthest_{options.first_ttl - 1},
      end_{options} {}

// --- what to ask ---------------------------------------------------------------------------------

Move ClassicPath::next(Instant now, bool may_send, const Ledger& ledger) {
  deadline_.reset();
  if (!end_.ttl() && unnamed_.estimate(ledger, farthest_)) {
    end_.expect_unnamed();
  }
  if (auto move = announce(ledger)) {
    return *move;
  }
  if (const auto stop = stop_reason()) {
    return verdict(*stop, ledger);
  }
  if (!may_send) {
    return {};
  }
  const MaybeAsk ask = choose(now, ledger);
  return ask ? Move{*ask} : Move{};
}

ClassicPath::MaybeAsk ClassicPath::choose(Instant now, const Ledger& ledger) {
  if (options_.sequential) {
    return ask_in_turn(now, ledger);
  }
  // In order of urgency. Rows before the end come first: one of them may turn out to be the end.
  for (const auto try_to_ask :
       {&ClassicPath::ask_farther,
        &ClassicPath::ask_again,
        &ClassicPath::ask_sample,
        &ClassicPath::ask_rejecting_router,
        &ClassicPath::ask_alone}) {
    if (auto ask = (this->*try_to_ask)(now, ledger)) {
      return ask;
    }
  }
  return std::nullopt;
}

Ask ClassicPath::make_ask(int ttl, Instant now, const Ledger& ledger) {
  ClassicRow& asked = row(ttl);
  asked.first_asked = asked.asked == 0 ? now : asked.first_asked;
  asked.last_asked = now;
  ++asked.asked;
  const std::size_t flow = options_.flow_per_probe ? asked_ % ledger.flow_count() : 0;
  return {
      .flow = FlowId{static_cast<std::uint32_t>(flow)}, .ttl = ttl_of(ttl), .attempt = asked.asked};
}

void ClassicPath::asked(ProbeId id) {
  ++asked_;
  if (const auto sample = std::exchange(sample_, std::nullopt)) {
    end_.note_sample(id, *sample);
  }
}

ClassicPath::MaybeAsk ClassicPath::ask_in_turn(Instant now, const Ledger& ledger) {
  if (ledger.waiting_count() > 0) {
    return std::nullopt;
  }
  for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
    if (row(ttl).asked < options_.queries) {
      return make_ask(ttl, now, ledger);
    }
  }
  return std::nullopt;
}

/// The next TTL that has not been asked, up to some way ahead of the last answer and of the rows
/// that have been silent for kPause.
ClassicPath::MaybeAsk ClassicPath::ask_farther(Instant now, const Ledger& ledger) {
  if (must_ask_alone()) {
    return std::nullopt;
  }
  int passed = farthest_;
  while (passed < last_row() && row(passed + 1).asked > 0
         && row(passed + 1).first_asked + pause_ <= now) {
    ++passed;
  }
  const bool begins = row(std::min(options_.first_ttl + kAhead - 1, last_row())).asked == 0;
  if (!begins && now < last_heard_ + kSettleTime) {
    wake_at(last_heard_ + kSettleTime);
    return std::nullopt;
  }
  const int limit = std::min(passed + kAhead, last_row());
  for (int ttl = options_.first_ttl; ttl <= limit; ++ttl) {
    if (row(ttl).asked == 0) {
      return make_ask(ttl, now, ledger);
    }
  }
  if (limit < last_row()) {
    wake_at(row(passed + 1).first_asked + pause_);
  }
  return std::nullopt;
}

ClassicPath::MaybeAsk ClassicPath::ask_again(Instant now, const Ledger& ledger) {
  for (int round = 1; round < options_.queries; ++round) {
    for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
      const auto due = row(ttl).asked == round ? due_again(ttl) : std::nullopt;
      if (due && *due <= now) {
        return make_ask(ttl, now, ledger);
      }
      deadline_ = earliest(deadline_, due);
    }
  }
  return std::nullopt;
}

/// When a TTL that was asked may be asked again; nothing when not by ask_again().
std::optional<Instant> ClassicPath::due_again(int ttl) const {
  if ((end_.is_at(ttl) && end_.counts_answers()) || (must_ask_alone() && ttl > farthest_)) {
    return std::nullopt;
  }
  const bool is_before_an_answer = ttl <= std::max(farthest_, end_.ttl().value_or(0));
  Duration pause = is_before_an_answer ? Duration{0} : pause_;
  if (row(ttl).asked >= model::kIcmpBurst) {
    pause = std::max(pause, model::kIcmpRefill);
  }
  return row(ttl).last_asked + pause;
}

/// An answer that carries no key can be attributed while a single probe is under way.
ClassicPath::MaybeAsk ClassicPath::ask_alone(Instant now, const Ledger& ledger) {
  if (!must_ask_alone() || ledger.waiting_count() > 0) {
    return std::nullopt;
  }
  alone_ttl_ = std::max(alone_ttl_, farthest_) + 1;
  return make_ask(alone_ttl_, now, ledger);
}

ClassicPath::MaybeAsk ClassicPath::ask_sample(Instant now, const Ledger& ledger) {
  sample_ = end_.next_sample(ledger);
  if (!sample_) {
    return std::nullopt;
  }
  Ask ask = make_ask(*end_.ttl(), now, ledger);
  ask.withdraw = sample_->withdraw;
  ask.follows = sample_->follows;
  return ask;
}

/// A further probe for a router that rejects, when all probes with its TTL or larger ones got too
/// few answers: not before its rate limit allows an answer.
ClassicPath::MaybeAsk ClassicPath::ask_rejecting_router(Instant now, const Ledger& ledger) {
  if (!end_.is_rejected()) {
    return std::nullopt;
  }
  const int end = *end_.ttl();
  const auto waiting = std::ranges::count_if(ledger.records(), [&](const ProbeRecord& record) {
    return record.is_waiting() && record.probe.ttl.value() >= end;
  });
  if (end_.rejections_wanted(ledger) <= waiting) {
    return std::nullopt;
  }
  int reached_it = 0;
  Instant last;
  for (const ClassicRow& each : std::span{rows_}.subspan(static_cast<std::size_t>(end))) {
    reached_it += each.asked;
    last = std::max(last, each.last_asked);
  }
  if (reached_it >= model::kIcmpBurst && now < last + model::kIcmpRefill) {
    wake_at(last + model::kIcmpRefill);
    return std::nullopt;
  }
  return make_ask(end, now, ledger);
}

// --- what was heard ------------------------------------------------------------------------------

void ClassicPath::settled(const ProbeRecord& record, const Ledger& ledger) {
  if (record.probe.role != model::ProbeRole::Hop) {  // asked by the engine, and of no row
    return;
  }
  const int ttl = record.probe.ttl.value();
  row(ttl).settled += record.is_late() ? 0 : 1;
  if (record.refusal()) {
    refused_ = std::min(refused_.value_or(ttl), ttl);
  }
  if (record.reply() == nullptr) {
    end_.note_silence(record, ledger);
    return;
  }
  last_heard_ = std::max(last_heard_, record.reply()->received);
  learn(record);
}

void ClassicPath::relearn(const Ledger& ledger) {
  largest_rtt_ = {};
  state_ = {};
  end_.forget_answers();
  farthest_ = options_.first_ttl - 1;
  for (const ProbeRecord& record : ledger.records()) {
    if (record.reply() != nullptr && record.probe.role == model::ProbeRole::Hop) {
      learn(record);
    }
  }
}

void ClassicPath::learn(const ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  largest_rtt_ = std::max(largest_rtt_, record.reply()->rtt);
  if (record.is_late() && (row(ttl).announced || record.reply()->rtt > options_.wait)) {
    return;
  }
  state_.add(record);
  if (record.is_contradictory()) {
    return;  // it cannot have expired and arrived: other probes must tell
  }
  if (ClassicEnd::is_marked_by(*record.reply())) {
    end_.note_answer(record);
  } else if (record.reply()->kind == model::ReplyKind::TimeExceeded) {
    farthest_ = std::max(farthest_, ttl);
  }
}

Duration ClassicPath::patience(const ProbeRecord& record, const Ledger& ledger) const {
  if (options_.sequential) {
    return options_.wait;
  }
  const int ttl = record.probe.ttl.value();
  if (const auto unnamed = unnamed_.patience(); unnamed && ttl > farthest_) {
    return std::min(options_.wait, *unnamed);
  }
  if (const model::Reply* partner = end_.partner_reply(record.probe.id, ledger)) {
    return std::min(options_.wait, partner->rtt + std::max(partner->rtt / 4, kPairGrace));
  }
  const bool is_beyond_end = end_.ttl() && ttl > *end_.ttl();
  return is_beyond_end ? std::min(options_.wait, largest_rtt_ + kGrace) : options_.wait;
}

// --- what is known -------------------------------------------------------------------------------

/// Rows from a TTL on for which this host refuses probes cannot be shown.
int ClassicPath::last_row() const {
  const int last = std::min(options_.last_ttl, end_.ttl().value_or(options_.last_ttl));
  return std::min(last, refused_.value_or(model::kTtlMax + 1) - 1);
}

bool ClassicPath::is_complete(int ttl, const Ledger& ledger) const {
  if (end_.is_at(ttl) && end_.counts_answers()) {
    return end_.is_complete(ledger);
  }
  return row(ttl).asked >= options_.queries && row(ttl).settled >= row(ttl).asked;
}

bool ClassicPath::must_ask_alone() const {
  return unnamed_.round_trip() && !end_.ttl() && std::max(alone_ttl_, farthest_) < last_row();
}

// --- what to say ---------------------------------------------------------------------------------

std::optional<Move> ClassicPath::announce(const Ledger& ledger) {
  for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
    const bool may_be_answered = ledger.awaits_proof() && ttl > farthest_;
    if (!row(ttl).announced && is_complete(ttl, ledger) && !may_be_answered) {
      row(ttl).announced = true;
      return engine::RowSettled{
          .ttl = ttl_of(ttl), .is_target = end_.is_at(ttl) && end_.is_target()};
    }
  }
  return std::nullopt;
}

/// All rows that will be shown have been announced: why the trace ends.
std::optional<model::StopReason> ClassicPath::stop_reason() const {
  for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
    if (!row(ttl).announced) {
      return std::nullopt;
    }
  }
  if (end_.is_at(last_row())) {
    return end_.is_target() ? model::StopReason::TargetAnswered : model::StopReason::Unreachable;
  }
  return refused_ ? model::StopReason::Refused : model::StopReason::MaxTtl;
}

model::Verdict ClassicPath::verdict(model::StopReason stop, const Ledger& ledger) const {
  const auto distance = end_.is_target() ? end_.ttl() : std::nullopt;
  model::Verdict result = state_.verdict(distance, false, ledger);
  result.stop = stop;
  return result;
}

model::Verdict ClassicPath::verdict_so_far(const Ledger& ledger) const {
  return verdict(model::StopReason::MaxTtl, ledger);
}

}  // namespace

std::unique_ptr<engine::Strategy> classic_path(const ClassicOptions& options) {
  return std::make_unique<ClassicPath>(options);
}

}  // namespace synroute::strategy
