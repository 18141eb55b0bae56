// SPDX-License-Identifier: Apache-2.0
// The part of BoundarySearch that learns from what became of its questions.
#include "strategy/scan/boundary_search.hpp"

#include <algorithm>

namespace synroute::strategy {
namespace {

/// After a refusal, the next question of the port waits this long: a firewall that passes five
/// packets a second passes it.
constexpr Duration kAfterRefusal = std::chrono::milliseconds{250};
/// A port is given up when this host has refused its probes for this long.
constexpr Duration kRefusedMax = std::chrono::seconds{2};

}  // namespace

void BoundarySearch::settled(std::size_t index, const model::ProbeRecord& record) {
  Port* port = find(index);
  const bool is_hop = record.probe.role == model::ProbeRole::Hop;
  if (port == nullptr || !is_hop) {
    return;
  }
  const int ttl = record.probe.ttl.value();
  if (is_answer(record)) {
    note_reply(*port, record);
  }
  if (record.is_late()) {
    return;  // the question was given up before
  }
  if (!record.refusal()) {
    port->refused_since.reset();
  }
  const auto trial = trials_.find(ttl);
  if (trial != trials_.end() && trial->second.awaits(index)) {
    trial->second.settled(index, outcome_of(record));
    if (trial->second.finished()) {
      conclude_trial(ttl, trial->second);
      trials_.erase(trial);
    }
    return;
  }
  if (record.refusal()) {
    note_refusal(*port, ttl);
  } else if (!is_answer(record)) {
    note_loss(*port, record);
  } else if (port->asking == ttl) {
    release(*port);
  }
}

void BoundarySearch::answers(std::size_t index) {
  if (Port* port = find(index)) {
    port->suspect.answers = true;
  }
}

/// Its question has been dealt with.
void BoundarySearch::release(Port& port) {
  port.asking = 0;
  port.lost = 0;
  port.out = false;
  port.on_trial = false;
}

void BoundarySearch::note_reply(Port& port, const model::ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  if (record.reply()->kind == model::ReplyKind::TimeExceeded) {
    note_expiry(port, ttl, record.reply()->from);
    return;
  }
  const bool only_inferred = port.suspect.answers && !port.stop_seen;
  port.stopped = only_inferred ? ttl : std::min(port.stopped, ttl);
  port.stop_seen = true;
}

/// The smallest TTL at which the walk met this router, when the packet expired at least two hops
/// too early: unequal paths differ by one. `ttl` otherwise.
int BoundarySearch::place_of(const Port& port, int ttl, const IpAddress& from) const {
  if (port.suspect.answers || is_reference(port) || !hop(ttl).router || hop(ttl).router == from) {
    return ttl;
  }
  for (int place = 1; place < ttl; ++place) {
    if (hop(place).router == from) {
      return ttl - place >= 2 || port.displaced ? place : ttl;
    }
  }
  return ttl;
}

void BoundarySearch::note_expiry(Port& port, int ttl, const IpAddress& from) {
  const int place = place_of(port, ttl, from);
  if (place < ttl) {  // a box set a smaller TTL: no packet to this port gets to hop `ttl`
    port.displaced = true;
    port.stopped = std::min(port.stopped, ttl);
    ttl = place;
  }
  if (is_reference(port) || !hop(ttl).router) {
    hop(ttl).router = from;
  }
  if (ttl > port.passed) {
    port.passed = ttl;
    port.passed_by = from;
  }
}

void BoundarySearch::note_loss(Port& port, const model::ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  if (is_reference(port)) {
    hop(ttl).walk_lost += walking_ ? 1 : 0;
    return;
  }
  if (port.asking != ttl) {
    return;
  }
  if (port.has_answer_at(ttl)) {  // one came late
    release(port);
    return;
  }
  const bool has_control = hop(ttl).router && ttl <= ports_[reference_].passed;
  if (has_control) {
    port.on_trial = true;
    return;
  }
  port.out = false;
  if (++port.lost >= kAttempts) {
    note_silence(port, ttl);
    release(port);
  }
}

/// No answer in all attempts, where no control is possible.
void BoundarySearch::note_silence(Port& port, int ttl) {
  if (ttl <= top_) {
    hop(ttl).limited = true;
    port.given_up = true;
  } else if (port.suspect.answers) {
    port.silent_to = ttl;  // a silent router perhaps: the target answers behind it
  } else {
    port.stopped = std::min(port.stopped, ttl);
  }
}

void BoundarySearch::note_refusal(Port& port, int ttl) {
  port.refused_since = port.refused_since.value_or(now_);
  const bool is_over = now_ - *port.refused_since >= kRefusedMax;
  hold_back(port);
  if (is_reference(port)) {
    hop(ttl).walked -= walking_ ? 1 : 0;
    if (walking_ && is_over) {
      port.given_up = true;
      end_walk(port.stopped != kNone);
    }
    return;
  }
  if (port.asking != ttl) {
    return;
  }
  port.out = false;
  if (is_over) {
    port.given_up = true;
    release(port);
    conclude(port);
  }
}

void BoundarySearch::hold_back(Port& port) {
  port.not_before = now_ + kAfterRefusal;
  resume_at_ = earliest(resume_at_, port.not_before);
}

}  // namespace synroute::strategy
