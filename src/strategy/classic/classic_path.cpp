// SPDX-License-Identifier: Apache-2.0
#include "strategy/classic/classic_path.hpp"

#include "strategy/classic/classic_end.hpp"
#include "strategy/path/patience.hpp"
#include "strategy/path/port_verdict.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace synroute::strategy {
namespace {

using engine::Ask;
using engine::Ledger;
using engine::Move;
using model::ProbeRecord;

/// TTLs sent ahead of the farthest answer.
constexpr int kAhead = 16;
/// After this much silence a row is asked again, and rows farther on for the first time.
constexpr Duration kPause = std::chrono::seconds{1};
/// Answers that arrived together are all heard before anybody is sent farther because of one of
/// them: the last may be the target's, which a further probe would occupy again.
constexpr Duration kBreath = std::chrono::milliseconds{2};
/// What a probe is given beyond the round trip of its row or of a later one: a busy router takes
/// its time to report.
constexpr Duration kGrace = std::chrono::milliseconds{800};
/// The same for two probes that left for the target together, when one of them has been answered.
constexpr Duration kPairGrace = std::chrono::milliseconds{50};
/// The same for a probe at a target of which only the largest possible round trip is known.
constexpr Duration kAloneGrace = std::chrono::milliseconds{200};
constexpr int kTtlEnd = 256;

/// What has been asked and heard at one TTL.
struct Row {
  int asked = 0;
  int settled = 0;
  bool announced = false;
  Instant first_asked;
  Instant last_asked;
};

class ClassicPath final : public engine::Strategy {
 public:
  explicit ClassicPath(const ClassicOptions& options);

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer& /*answer*/) override { unnamed_ = true; }
  [[nodiscard]] Duration patience(const ProbeRecord& record, const Ledger& ledger) const override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return deadline_; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  using MaybeAsk = std::optional<Ask>;

  // What to ask, in order of urgency.
  [[nodiscard]] MaybeAsk choose(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk in_turn(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk farther(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk again(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk alone(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk sample(Instant now, const Ledger& ledger);
  [[nodiscard]] MaybeAsk refill(Instant now, const Ledger& ledger);
  [[nodiscard]] Ask probe(int ttl, Instant now, const Ledger& ledger);
  [[nodiscard]] bool may_ask_again(int ttl, Instant now);
  void wake_at(Instant at) { deadline_ = std::min(deadline_.value_or(at), at); }

  // What is known.
  [[nodiscard]] Row& row(int ttl) { return rows_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] const Row& row(int ttl) const { return rows_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] int last_row() const;
  [[nodiscard]] bool is_complete(int ttl, const Ledger& ledger) const;
  [[nodiscard]] bool asks_alone() const;
  void estimate_unnamed(Instant now, const Ledger& ledger);

  // What to say.
  [[nodiscard]] std::optional<Move> announcement(const Ledger& ledger);
  [[nodiscard]] std::optional<model::StopReason> stop_reason() const;
  [[nodiscard]] model::Verdict verdict(model::StopReason stop, const Ledger& ledger) const;

  ClassicOptions options_;
  Duration pause_;
  WaitRule rule_;
  std::array<Row, kTtlEnd> rows_{};
  RttBook book_;
  PortVerdict state_;
  Instant last_heard_;
  int farthest_;  ///< the largest TTL that expired at a router
  ClassicEnd end_;
  std::optional<int> refused_;  ///< the smallest TTL this host let no probe out for

  bool unnamed_ = false;                   ///< the target said something that names no probe
  std::optional<Duration> unnamed_after_;  ///< after this long at most
  int alone_ttl_ = 0;                      ///< the last one asked for while nothing else was out
  std::optional<Instant> deadline_;
};

ClassicPath::ClassicPath(const ClassicOptions& options)
    : options_{options},
      pause_{std::min(kPause, options.wait)},
      rule_{.max = options.wait, .floor = kGrace, .silence = options.wait},
      farthest_{options.first_ttl - 1},
      end_{options} {}

// --- what to ask ---------------------------------------------------------------------------------

Move ClassicPath::next(Instant now, bool may_send, const Ledger& ledger) {
  deadline_.reset();
  estimate_unnamed(now, ledger);
  if (auto move = announcement(ledger)) {
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
    return in_turn(now, ledger);
  }
  // Rows before the end come first: one of them may yet turn out to be the end.
  for (const auto question :
       {&ClassicPath::farther,
        &ClassicPath::again,
        &ClassicPath::sample,
        &ClassicPath::refill,
        &ClassicPath::alone}) {
    if (auto ask = (this->*question)(now, ledger)) {
      return ask;
    }
  }
  return std::nullopt;
}

Ask ClassicPath::probe(int ttl, Instant now, const Ledger& ledger) {
  Row& asked = row(ttl);
  asked.first_asked = asked.asked == 0 ? now : asked.first_asked;
  asked.last_asked = now;
  ++asked.asked;
  const std::size_t flow =
      options_.flow_per_probe ? ledger.records().size() % ledger.flow_count() : 0;
  return {
      .flow = FlowId{static_cast<std::uint32_t>(flow)},
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .attempt = asked.asked};
}

ClassicPath::MaybeAsk ClassicPath::in_turn(Instant now, const Ledger& ledger) {
  if (ledger.waiting_count() > 0) {
    return std::nullopt;
  }
  for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
    if (row(ttl).asked < options_.queries) {
      return probe(ttl, now, ledger);
    }
  }
  return std::nullopt;
}

/// The next TTL that has not been asked for, some way ahead of the last answer, and of the rows
/// that have been silent for a while.
ClassicPath::MaybeAsk ClassicPath::farther(Instant now, const Ledger& ledger) {
  if (asks_alone()) {
    return std::nullopt;
  }
  int passed = farthest_;
  while (passed < last_row() && row(passed + 1).asked > 0
         && row(passed + 1).first_asked + pause_ <= now) {
    ++passed;
  }
  const bool begins = row(std::min(options_.first_ttl + kAhead - 1, last_row())).asked == 0;
  if (!begins && now < last_heard_ + kBreath) {
    wake_at(last_heard_ + kBreath);
    return std::nullopt;
  }
  const int limit = std::min(passed + kAhead, last_row());
  for (int ttl = options_.first_ttl; ttl <= limit; ++ttl) {
    if (row(ttl).asked == 0) {
      return probe(ttl, now, ledger);
    }
  }
  if (limit < last_row()) {
    wake_at(row(passed + 1).first_asked + pause_);
  }
  return std::nullopt;
}

ClassicPath::MaybeAsk ClassicPath::again(Instant now, const Ledger& ledger) {
  for (int round = 1; round < options_.queries; ++round) {
    for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
      if (row(ttl).asked == round && may_ask_again(ttl, now)) {
        return probe(ttl, now, ledger);
      }
    }
  }
  return std::nullopt;
}

bool ClassicPath::may_ask_again(int ttl, Instant now) {
  if ((end_.is_at(ttl) && end_.counts_answers()) || (asks_alone() && ttl > farthest_)) {
    return false;
  }
  const bool is_before_an_answer = ttl <= std::max(farthest_, end_.ttl().value_or(0));
  Duration pause = is_before_an_answer ? Duration{0} : pause_;
  if (row(ttl).asked >= kClassicBurst) {
    pause = std::max(pause, kClassicRefill);
  }
  const Instant due = row(ttl).last_asked + pause;
  if (now < due) {
    wake_at(due);
    return false;
  }
  return true;
}

/// Answers that carry no key can be credited when a single probe is out.
ClassicPath::MaybeAsk ClassicPath::alone(Instant now, const Ledger& ledger) {
  if (!asks_alone() || ledger.waiting_count() > 0) {
    return std::nullopt;
  }
  alone_ttl_ = std::max(alone_ttl_, farthest_) + 1;
  return probe(alone_ttl_, now, ledger);
}

ClassicPath::MaybeAsk ClassicPath::sample(Instant now, const Ledger& ledger) {
  const auto sample = end_.take_sample(ledger);
  if (!sample) {
    return std::nullopt;
  }
  Ask ask = probe(*end_.ttl(), now, ledger);
  ask.withdraw = sample->withdraw;
  ask.follows = sample->follows;
  return ask;
}

/// A further probe at a router that rejects, when neither those sent beyond it nor those before got
/// enough answers: not before it may answer again.
ClassicPath::MaybeAsk ClassicPath::refill(Instant now, const Ledger& ledger) {
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
  int came_to_it = 0;
  Instant last;
  for (const Row& each : std::span{rows_}.subspan(static_cast<std::size_t>(end))) {
    came_to_it += each.asked;
    last = std::max(last, each.last_asked);
  }
  if (came_to_it >= kClassicBurst && now < last + kClassicRefill) {
    wake_at(last + kClassicRefill);
    return std::nullopt;
  }
  return probe(end, now, ledger);
}

// --- what was heard ------------------------------------------------------------------------------

void ClassicPath::settled(const ProbeRecord& record, const Ledger& ledger) {
  const int ttl = record.probe.ttl.value();
  row(ttl).settled += record.is_late() ? 0 : 1;
  if (record.refusal()) {
    refused_ = std::min(refused_.value_or(ttl), ttl);
  }
  if (record.reply() == nullptr) {
    end_.note_silence(record, ledger);
    return;
  }
  book_.add(record);
  last_heard_ = std::max(last_heard_, record.reply()->received);
  if (record.is_late() && (row(ttl).announced || record.reply()->rtt > options_.wait)) {
    return;
  }
  state_.add(record);
  if (ClassicEnd::is_marked_by(*record.reply())) {
    end_.note_answer(record);
  } else if (record.reply()->kind == model::ReplyKind::TimeExceeded) {
    farthest_ = std::max(farthest_, ttl);
  }
}

/// An answer that names no probe: it belongs to one of those that went beyond the last router.
void ClassicPath::estimate_unnamed(Instant now, const Ledger& ledger) {
  if (!unnamed_ || unnamed_after_ || end_.ttl()) {
    return;
  }
  Instant earliest = now;
  for (const ProbeRecord& record : ledger.records()) {
    if (record.is_waiting() && record.probe.has_left && record.probe.ttl.value() > farthest_) {
      earliest = std::min(earliest, record.probe.sent);
    }
  }
  unnamed_after_ = now - earliest;
  end_.expect_nameless();
}

Duration ClassicPath::patience(const ProbeRecord& record, const Ledger& ledger) const {
  if (options_.sequential) {
    return options_.wait;
  }
  // Nobody beyond whoever rejects hears anything.
  const int ttl =
      std::min<int>(record.probe.ttl.value(), end_.is_rejected() ? *end_.ttl() : kTtlEnd);
  if (unnamed_after_ && ttl > farthest_) {
    return std::min(options_.wait, std::max(3 * *unnamed_after_, *unnamed_after_ + kAloneGrace));
  }
  if (const model::Reply* partner = end_.partner_reply(record.probe.id, ledger)) {
    return std::min(options_.wait, partner->rtt + std::max(partner->rtt / 4, kPairGrace));
  }
  return strategy::patience(rule_, book_, Ttl{static_cast<std::uint8_t>(ttl)});
}

// --- what is known -------------------------------------------------------------------------------

/// Rows behind a TTL this host lets nothing out for cannot be shown.
int ClassicPath::last_row() const {
  const int last = std::min(options_.last_ttl, end_.ttl().value_or(options_.last_ttl));
  return std::min(last, refused_.value_or(kTtlEnd) - 1);
}

bool ClassicPath::is_complete(int ttl, const Ledger& ledger) const {
  if (end_.is_at(ttl) && end_.counts_answers()) {
    return end_.is_complete(ledger);
  }
  return row(ttl).asked >= options_.queries && row(ttl).settled >= row(ttl).asked;
}

bool ClassicPath::asks_alone() const {
  return unnamed_after_ && !end_.ttl() && std::max(alone_ttl_, farthest_) < last_row();
}

// --- what to say ---------------------------------------------------------------------------------

std::optional<Move> ClassicPath::announcement(const Ledger& ledger) {
  for (int ttl = options_.first_ttl; ttl <= last_row(); ++ttl) {
    if (!row(ttl).announced && is_complete(ttl, ledger)) {
      row(ttl).announced = true;
      return engine::RowSettled{
          .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
          .is_target = end_.is_at(ttl) && end_.is_target()};
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
