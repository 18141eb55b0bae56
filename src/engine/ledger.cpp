// SPDX-License-Identifier: Apache-2.0
#include "engine/ledger.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::engine {

Duration round_trip(const model::Probe& probe, Instant received) {
  return std::max(received - probe.sent, Duration{0});
}

std::optional<FlowId> Ledger::find_flow(Port source_port, Port target_port) const {
  const auto found = std::ranges::find_if(flows_, [&](const Flow& flow) {
    return flow.source_port == source_port && flow.target_port == target_port;
  });
  return found != flows_.end()
             ? std::optional{FlowId{static_cast<std::uint32_t>(found - flows_.begin())}}
             : std::nullopt;
}

FlowId Ledger::add_flow(const Flow& flow) {
  flows_.push_back(flow);
  return FlowId{static_cast<std::uint32_t>(flows_.size() - 1)};
}

void Ledger::begin_waiting(const model::ProbeRecord& record) {
  ++waiting_;
  ++waiting_by_role_[static_cast<std::size_t>(record.probe.role)];
}

void Ledger::end_waiting(const model::ProbeRecord& record) {
  --waiting_;
  --waiting_by_role_[static_cast<std::size_t>(record.probe.role)];
}

void Ledger::add(const model::Probe& probe) {
  assert(probe.id == next_id());
  model::ProbeRecord record;
  record.probe = probe;
  begin_waiting(record);
  records_.push_back(std::move(record));
}

void Ledger::note_sent(ProbeId id, Instant sent) {
  model::ProbeRecord& record = at(id);
  counters_.sent += record.probe.has_left ? 0U : 1U;
  record.probe.has_left = true;
  record.probe.sent = sent;
  if (auto* answered = std::get_if<model::Answered>(&record.state)) {
    answered->reply.rtt = round_trip(record.probe, answered->reply.received);
  }
}

void Ledger::answer(ProbeId id, model::Reply reply) {
  model::ProbeRecord& record = at(id);
  assert(record.reply() == nullptr && "a further reply is a duplicate");
  const bool late = record.is_settled();
  counters_.late += late ? 1U : 0U;
  if (!late) {
    end_waiting(record);
  }
  record.state = model::Answered{.reply = std::move(reply), .late = late};
  record.overlapped = false;  // qualified a silence that has ended
}

void Ledger::add_duplicate(ProbeId id) {
  assert(at(id).reply() != nullptr);
  ++at(id).duplicates;
  ++counters_.duplicates;
}

void Ledger::note_delivered(ProbeId id) {
  at(id).delivery = model::Delivery::Delivered;
  any_delivered_ = true;
}

void Ledger::judge_deliveries(Instant heard_until) {
  for (model::ProbeRecord& record : records_) {
    const model::Reply* reply = record.reply();
    const bool is_due =
        reply != nullptr && answers_handshake(*reply) && reply->received <= heard_until;
    if (is_due && record.delivery == model::Delivery::NotTested) {
      record.delivery = model::Delivery::NotDelivered;
    }
  }
}

void Ledger::lose(ProbeId id, std::optional<Duration> waited) {
  assert(at(id).is_waiting());
  at(id).state = model::Lost{waited};
  end_waiting(at(id));
}

void Ledger::wait_again(ProbeId id) {
  assert(at(id).is_lost());
  at(id).state = model::Waiting{};
  begin_waiting(at(id));
}

void Ledger::refuse(ProbeId id, model::Refusal why) {
  assert(at(id).is_waiting() || at(id).is_lost());
  if (at(id).is_waiting()) {
    end_waiting(at(id));
  }
  counters_.sent -= at(id).probe.has_left ? 1U : 0U;
  at(id).probe.has_left = false;
  at(id).state = model::Refused{why};
  ++counters_.refused;
}

void Ledger::disprove(ProbeId id, const model::Reply& reset) {
  std::vector<model::Reply>& disproved = at(id).disproved;
  if (disproved.empty()) {
    disproved.push_back(reset);
  }
}

void Ledger::add_rival(ProbeId id, model::Reply reply, bool is_disproved) {
  constexpr std::size_t kRivalsMax = 8;
  std::vector<model::Rival>& rivals = at(id).rivals;
  if (rivals.size() < kRivalsMax) {
    rivals.push_back({.reply = std::move(reply), .is_disproved = is_disproved});
  }
}

void Ledger::supersede(ProbeId id, model::Reply reply, bool is_disproved) {
  auto* answered = std::get_if<model::Answered>(&at(id).state);
  assert(answered != nullptr);
  std::swap(answered->reply, reply);
  at(id).duplicates = 0;  // were copies of the other
  add_rival(id, std::move(reply), is_disproved);
}

void Ledger::reopen(ProbeId id) {
  model::ProbeRecord& record = at(id);
  assert(record.reply() != nullptr);
  disprove(id, *record.reply());
  record.duplicates = 0;  // were copies of the disproved reply
  record.state = model::Waiting{};
  begin_waiting(record);
}

std::vector<model::ProbeRecord> Ledger::take_records() {
  waiting_ = 0;
  waiting_by_role_ = {};
  return std::exchange(records_, {});
}

}  // namespace synroute::engine
