// SPDX-License-Identifier: Apache-2.0
#include "engine/weak_answers.hpp"

#include "engine/reply_kind.hpp"

#include <algorithm>

namespace synroute::engine {
namespace {

/// Fewer ports cannot gather enough evidence: the first answer counts nothing, and the others seven
/// bits at best on an average path.
constexpr std::size_t kPortsMin = 6;

}  // namespace

std::optional<WeakKind> weak_kind_of(const wire::Datagram& datagram) {
  const auto kind = kind_of(datagram);
  const auto* segment = datagram.tcp();
  if (!kind || segment == nullptr) {
    return std::nullopt;
  }
  const bool acknowledges =
      segment->header.flags.has(wire::TcpFlag::Ack) && segment->header.acknowledgement != 0;
  if (acknowledges && *kind != model::ReplyKind::Ack) {
    return std::nullopt;
  }
  return *kind == model::ReplyKind::Rst ? WeakKind::Reset : WeakKind::Other;
}

void WeakAnswers::hear(WeakKind kind, Port port, Instant at) {
  if (std::ranges::find(ports_, port) == ports_.end()) {
    return;
  }
  Case& own = this->at(kind);
  ++own.heard;
  if (test_ && test_->kind == kind) {
    test_->evidence.heard(port, at);
  } else {
    ++own.strays;
  }
}

bool WeakAnswers::hold(WeakAnswer answer) {
  Case& own = at(answer.kind);
  const Port port = answer.datagram.tcp()->header.destination_port;
  own.heard += std::ranges::find(ports_, port) == ports_.end() ? 1U : 0U;  // else in hear()
  if (own.state == State::Failed || own.state == State::Abandoned) {
    return false;
  }
  const WeakKind kind = answer.kind;
  const Instant received = answer.received;
  if (own.state == State::Unknown) {
    own.target_port = answer.datagram.tcp()->header.source_port;
    own.state = State::Queued;
  }
  // A flood fills memory no further than one packet per flow.
  if (own.flows.insert(answer.flow).second) {
    own.held.push_back(std::move(answer));
  }
  if (own.state == State::Queued && !test_) {
    start(kind, received);
  }
  return true;
}

/// What was heard before counts for nothing: a flood that begins now must be measured now.
void WeakAnswers::start(WeakKind kind, Instant now) {
  Case& own = at(kind);
  if (ports_.size() < kPortsMin) {
    own.state = State::Failed;
    failed_ = Outcome{.kind = kind, .is_believed = false, .held = std::exchange(own.held, {})};
    return;
  }
  own.state = State::Testing;
  test_.emplace(Test{.kind = kind, .evidence = WeakEvidence{ports_, now, random_.next()}});
}

std::optional<WeakAnswers::Question> WeakAnswers::ask(Instant now) {
  const auto port = test_ ? test_->evidence.ask(now) : std::nullopt;
  if (!port) {
    return std::nullopt;
  }
  Case& own = at(test_->kind);
  ++own.asked;
  return Question{.source_port = *port, .target_port = own.target_port};
}

std::optional<WeakAnswers::Outcome> WeakAnswers::conclude(Instant now) {
  if (failed_) {
    return std::exchange(failed_, std::nullopt);
  }
  if (!test_) {
    return std::nullopt;
  }
  const auto verdict = test_->evidence.verdict(now);
  if (verdict == WeakEvidence::Verdict::Open) {
    return std::nullopt;
  }
  const WeakKind kind = test_->kind;
  Case& own = at(kind);
  const bool is_believed = verdict == WeakEvidence::Verdict::Believed;
  own.state = is_believed ? State::Believed : State::Failed;
  own.strays += test_->evidence.stray_count();
  Outcome outcome{.kind = kind, .is_believed = is_believed, .held = std::exchange(own.held, {})};
  std::erase_if(ports_, [&](Port port) { return test_->evidence.has_asked_from(port); });
  test_.reset();
  const WeakKind other = kind == WeakKind::Reset ? WeakKind::Other : WeakKind::Reset;
  if (at(other).state == State::Queued) {
    start(other, now);
  }
  return outcome;
}

std::vector<WeakAnswer> WeakAnswers::abandon() {
  std::vector<WeakAnswer> dropped;
  for (const WeakKind kind : {WeakKind::Reset, WeakKind::Other}) {
    Case& own = at(kind);
    if (own.state != State::Believed) {
      own.state = State::Abandoned;
      std::ranges::move(own.held, std::back_inserter(dropped));
      own.held.clear();
    }
  }
  if (test_) {
    at(test_->kind).strays += test_->evidence.stray_count();
    test_.reset();
  }
  failed_.reset();
  return dropped;
}

std::optional<Instant> WeakAnswers::deadline() const {
  if (failed_) {
    return Instant{};
  }
  return test_ ? test_->evidence.deadline() : std::nullopt;
}

std::vector<model::Unattributed> WeakAnswers::unattributed() const {
  std::vector<model::Unattributed> result;
  for (const WeakKind kind : {WeakKind::Reset, WeakKind::Other}) {
    const Case& own = at(kind);
    const bool is_running = test_ && test_->kind == kind;
    const std::size_t strays = own.strays + (is_running ? test_->evidence.stray_count() : 0);
    const bool is_explained =
        own.state == State::Believed || (own.state == State::Abandoned && strays == 0);
    if (own.heard > 0 && !is_explained) {
      result.push_back(
          {.kind = reply_kind(kind), .packets = own.heard, .strays = strays, .asked = own.asked});
    }
  }
  return result;
}

}  // namespace synroute::engine
