// SPDX-License-Identifier: Apache-2.0
#include "model/reply_meaning.hpp"
#include "strategy/scan/port_scan_strategy.hpp"
#include "strategy/scan/port_states.hpp"

#include <algorithm>
#include <utility>

namespace synroute::strategy {

using engine::Ledger;
using model::ProbeRecord;
using model::ProbeRole;
using model::ReplyKind;

namespace {

/// This many attempts at a port that this host refuses (full buffers) do not count as attempts.
constexpr int kRefusalsMax = 10;
/// An answer is waited for at least this much longer than the slowest so far: hosts queue SYNs
/// under load.
constexpr Duration kMargin = std::chrono::milliseconds{100};

}  // namespace

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
    if (!model::is_poor(*record.reply())) {
      learn_rtt(record.reply()->rtt);
    }
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
  if (!decides_port(reply)) {
    take_silence(work, record);
    return;
  }
  if (work.known && (!work.poor || model::is_poor(reply))) {
    return;
  }
  // An earlier SYN or its answer was lost.
  if (record.probe.attempt > 1 && !lossy_) {
    lossy_ = true;
    ask_silent_ones_again();
  }
  decide(work, record);
}

void PortScan::decide(PortWork& work, const ProbeRecord& record) {
  work.known = true;
  work.poor = model::is_poor(*record.reply());
  work.result.state = state_by(record);
  work.result.decided_by = record.probe.id;
  work.result.rtt = record.reply()->rtt;
  std::erase(again_, index_of(work));
  if (search_ && model::is_answer_of_target(work.result.state)) {
    search_->answers(index_of(work));
  }
  if (work.poor && !work.final) {
    weighed_.add(index_of(work), record.probe.sent + patience_);
  } else {
    settle(work);
  }
}

void PortScan::settle_weighed_ports() {
  while (const auto index = weighed_.take_due(now_)) {
    if (!ports_[*index].final) {
      settle(ports_[*index]);
    }
  }
}

/// The state follows the reply that the probe has now. One that decides nothing leaves the port to
/// be asked again.
void PortScan::revised(const ProbeRecord& record, const Ledger& /*ledger*/) {
  const std::size_t index = port_of(record.probe.id);
  if (index == kNoPort || record.probe.role != ProbeRole::Direct) {
    return;
  }
  PortWork& work = ports_[index];
  if (work.known && work.result.decided_by != record.probe.id) {
    return;
  }
  if (decides_port(*record.reply())) {
    decide(work, record);
    return;
  }
  work.known = false;
  unfinished_ += std::exchange(work.final, false) ? 1U : 0U;
  ask_again(work, record);
}

void PortScan::take_silence(PortWork& work, const ProbeRecord& record) {
  if (work.known || work.final || record.is_late() || record.probe.attempt < work.asked) {
    return;
  }
  ask_again(work, record);
}

/// Unless it was asked often enough: then it is silent, or this host refuses to send.
void PortScan::ask_again(PortWork& work, const ProbeRecord& record) {
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

}  // namespace synroute::strategy
