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
/// The longest wait once an answer has shown that the usual one is too short: that of a trace
/// (model::WaitRule).
constexpr Duration kWaitOnSlowPath = std::chrono::seconds{6};

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
      resets_.note(record);
    }
    if (!record.disproved.empty()) {
      note_forgery(work, record);
      return;
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

/// An answer that came later than any was waited for shows that the path is slower: then the limit
/// on the wait does not hold, and probes given up earlier wait again.
void PortScan::learn_rtt(Duration rtt) {
  slowest_ = std::max(slowest_.value_or(Duration{}), rtt);
  const bool is_slow = *slowest_ > options_.wait_max;
  const Duration limit = is_slow ? std::max(options_.wait_max, kWaitOnSlowPath) : options_.wait_max;
  const Duration before = patience_;
  patience_ = std::min(limit, std::max(2 * *slowest_, *slowest_ + kMargin));
  was_impatient_ = was_impatient_ || (is_slow && patience_ > before && !search_);
}

/// The last SYN to a port decides when the port is silent.
void PortScan::waits_again(const ProbeRecord& record) {
  const std::size_t index = port_of(record.probe.id);
  if (index == kNoPort || record.probe.role != ProbeRole::Direct) {
    return;
  }
  PortWork& work = ports_[index];
  if (work.known || record.probe.attempt < work.asked) {
    return;
  }
  std::erase(again_, index);
  unfinished_ += std::exchange(work.final, false) ? 1U : 0U;
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

/// The genuine answer to a probe that was reset before: packets to the port are reset, whatever the
/// target answers. A SYN|ACK tells most.
void PortScan::note_forgery(PortWork& work, const ProbeRecord& record) {
  const bool accepts = record.reply()->kind == ReplyKind::SynAck;
  if (work.known && work.result.state == model::PortState::Rejected && !accepts) {
    return;
  }
  work.poor = false;
  decide(work, record);
  work.result.rtt = record.disproved.front().rtt;
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
  if (index != kNoPort && !record.disproved.empty()) {
    note_forgery(ports_[index], record);
    return;
  }
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
