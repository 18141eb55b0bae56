// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.hpp"

#include "engine/reply_kind.hpp"

#include <algorithm>
#include <utility>

namespace synroute::engine {
namespace {

using model::ReplyKind;

std::uint32_t port_pair(Port source, Port target) {
  return static_cast<std::uint32_t>(source.value()) << 16 | target.value();
}

}  // namespace

Matcher::Matcher(IpAddress source, IpAddress target, const Ledger& ledger)
    : source_{source}, target_{target}, ledger_{ledger} {}

void Matcher::add(const model::Probe& probe, std::optional<std::uint32_t> acknowledgement) {
  const auto [first, alone_with_it] = sequences_.emplace(probe.sequence, probe.id);
  if (!alone_with_it) {
    std::vector<ProbeId>& all = shared_sequences_[probe.sequence];
    all.insert(all.end(), all.empty() ? 1 : 0, first->second);
    all.push_back(probe.id);
  }
  if (acknowledgement) {
    acknowledgements_.emplace(*acknowledgement, probe.id);
  }
  if (probe.timestamp_value != 0 && !timestamps_.emplace(probe.timestamp_value, probe.id).second) {
    shared_timestamps_.insert(probe.timestamp_value);
  }
  if (target_.family() == Family::V4 && probe.ip_id != 0) {
    ip_ids_[probe.ip_id].push_back(probe.id);
  }
  if (flows_.emplace(port_pair(probe.source_port, probe.target_port), probe.flow).second) {
    target_ports_.insert(probe.target_port.value());
  }
  flow_probes_.resize(std::max<std::size_t>(flow_probes_.size(), probe.flow.value() + 1U));
  const bool alone = std::ranges::all_of(flow_probes_[probe.flow.value()], [this](ProbeId other) {
    return ledger_.record(other).is_settled();
  });
  if (alone) {
    alone_.insert_or_assign(probe.flow, probe.id);
  } else {
    alone_.erase(probe.flow);
  }
  flow_probes_[probe.flow.value()].push_back(probe.id);
}

MatchOutcome Matcher::match(const wire::Datagram& datagram) {
  const auto* error = datagram.icmp();
  const bool expired =
      error != nullptr
      && wire::kind(datagram.ip.family(), error->type) == wire::IcmpKind::TimeExceeded;
  const auto kind = expired && takes_any_time_exceeded_ ? std::optional{ReplyKind::TimeExceeded}
                                                        : kind_of(datagram);
  if (datagram.ip.destination != source_) {
    return {};
  }
  if (!kind) {
    return match_remark(datagram);
  }
  if (const auto* segment = datagram.tcp()) {
    return match_tcp(datagram.ip.source, *segment, *kind);
  }
  const auto* message = datagram.icmp();
  return message != nullptr ? match_icmp(*message, *kind) : MatchOutcome{};
}

MatchOutcome Matcher::match_copy(const wire::Datagram& datagram) {
  const std::size_t trials = std::exchange(trials_, 0);
  const std::size_t foreign_trials = std::exchange(foreign_trials_, 0);
  const MatchOutcome outcome = match(datagram);
  trials_ = trials;
  foreign_trials_ = foreign_trials;
  return outcome;
}

std::optional<FlowId> Matcher::flow_of(Port source_port, Port target_port) const {
  const auto found = flows_.find(port_pair(source_port, target_port));
  return found != flows_.end() ? std::optional{found->second} : std::nullopt;
}

std::optional<ProbeId> Matcher::only_open_in(FlowId flow) const {
  std::optional<ProbeId> only;
  for (const ProbeId id : flow_probes_[flow.value()]) {
    if (ledger_.record(id).reply() != nullptr) {
      continue;
    }
    if (only) {
      return std::nullopt;
    }
    only = id;
  }
  return only;
}

/// The probe that was sent when every other one of its flow had been answered or given up, while it
/// waits itself.
std::optional<ProbeId> Matcher::alone_in(FlowId flow) const {
  const auto found = alone_.find(flow);
  return found != alone_.end() && ledger_.record(found->second).is_waiting()
             ? std::optional{found->second}
             : std::nullopt;
}

std::optional<ProbeId> Matcher::by_flow(FlowId flow) const {
  const auto only = only_open_in(flow);
  return only ? only : alone_in(flow);
}

/// Of several that a packet may answer: the only one that waits; when none waits, the only one that
/// a segment has answered, of which this is a copy.
std::optional<ProbeId> Matcher::only_waiting_or_answered(std::span<const ProbeId> alike) const {
  const auto only = [&](const auto& test) {
    const auto is_such = [&](ProbeId id) { return test(ledger_.record(id)); };
    const bool one = std::ranges::count_if(alike, is_such) == 1;
    return one ? std::optional{*std::ranges::find_if(alike, is_such)} : std::nullopt;
  };
  const bool any_waits =
      std::ranges::any_of(alike, [&](ProbeId id) { return ledger_.record(id).is_waiting(); });
  return any_waits ? only([](const model::ProbeRecord& each) { return each.is_waiting(); })
                   : only([](const model::ProbeRecord& each) {
                       return each.reply() != nullptr && each.reply()->is_tcp();
                     });
}

std::optional<ProbeId> Matcher::by_answer(FlowId flow, const wire::TcpHeader& header) const {
  const bool is_reset = header.flags.has(wire::TcpFlag::Rst);
  std::vector<ProbeId> named;
  for (const ProbeId id : flow_probes_[flow.value()]) {
    const model::Probe& probe = ledger_.record(id).probe;
    // ack = seq + 1 by RFC 9293 §3.10.7; with data anything up to seq + 1 + length (a closed port
    // acknowledges it, an open one without Fast Open does not). Some stacks reset with ack = seq.
    const std::uint32_t beyond = header.acknowledgement - probe.sequence;
    const bool carries_ack = beyond >= 1 && beyond <= 1U + probe.payload_length;
    const bool resets_itself = is_reset && beyond == 0 && header.acknowledgement != 0;
    if (carries_ack || resets_itself) {
      named.push_back(id);
    }
  }
  if (!named.empty()) {
    return named.size() == 1 ? std::optional{named.front()} : only_waiting_or_answered(named);
  }
  // An ACK probe is refused with RST whose sequence is our acknowledgement number.
  const auto refused = acknowledgements_.find(header.sequence);
  if (is_reset && refused != acknowledgements_.end()
      && ledger_.record(refused->second).probe.flow == flow) {
    return refused->second;
  }
  return std::nullopt;
}

/// The probe whose timestamp comes back, for segments that acknowledge nothing.
std::optional<ProbeId> Matcher::by_echo(FlowId flow, const wire::TcpHeader& header) const {
  const auto stamps = header.options.timestamps();
  if (!stamps || stamps->echo == 0 || shared_timestamps_.contains(stamps->echo)) {
    return std::nullopt;
  }
  const auto found = timestamps_.find(stamps->echo);
  return found != timestamps_.end() && ledger_.record(found->second).probe.flow == flow
             ? std::optional{found->second}
             : std::nullopt;
}

/// With or without the ACK flag: it is the number that a blind sender does not know.
bool Matcher::acknowledges_any(FlowId flow, const wire::TcpHeader& header) const {
  return std::ranges::any_of(flow_probes_[flow.value()], [&](ProbeId id) {
    const model::Probe& probe = ledger_.record(id).probe;
    const std::uint32_t beyond = header.acknowledgement - probe.sequence;
    return beyond >= 1 && beyond <= 1U + probe.payload_length;
  });
}

MatchOutcome Matcher::match_tcp(
    const IpAddress& from, const wire::TcpSegment& segment, ReplyKind kind) {
  const wire::TcpHeader& header = segment.header;
  const auto flow = flow_of(header.destination_port, header.source_port);
  if (from != target_ || !flow) {
    return {};
  }
  // A SYN|ACK or RST that acknowledges what was never sent is forged or of another time (RFC 9293
  // §3.10.7.3: a connection would not take it either).
  const bool acknowledges = header.flags.has(wire::TcpFlag::Ack) && header.acknowledgement != 0;
  const bool is_bare_ack = kind == ReplyKind::Ack;
  std::optional<ProbeId> named = is_bare_ack ? std::nullopt : by_answer(*flow, header);
  if (!named && !acknowledges && !is_bare_ack) {
    named = by_echo(*flow, header);
  }
  if (named && is_no_lucky_hit(*flow, header)) {
    return {.match = Match{.probe = *named, .kind = kind, .grade = {}}};
  }
  if (acknowledges && !is_bare_ack) {
    trials_ += trials_of(*flow, header);
    return {.unmatched = Unmatched{.flow = std::nullopt, .kind = kind}};
  }
  const bool carries_number =
      trusts_weak_
      || (is_bare_ack && acknowledges_any(*flow, header) && is_no_lucky_hit(*flow, header));
  if (const auto only = carries_number ? by_flow(*flow) : std::nullopt) {
    return {.match = Match{.probe = *only, .kind = kind, .grade = {}}};
  }
  if (!carries_number) {
    trials_ += trials_of(*flow, header);
  }
  return {
      .unmatched = Unmatched{
          .flow = flow,
          .kind = kind == ReplyKind::Rst ? kind : ReplyKind::Ack,
          .is_weak = !carries_number}};
}

std::size_t Matcher::misses(FlowId flow) const {
  const auto found = misses_.find(flow);
  return found != misses_.end() ? found->second : 0;
}

std::size_t Matcher::open_count(FlowId flow) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      flow_probes_[flow.value()],
      [this](ProbeId id) { return ledger_.record(id).reply() == nullptr; }));
}

/// How many keys the segment would have hit any of: none when it carries no number.
std::size_t Matcher::trials_of(FlowId flow, const wire::TcpHeader& header) const {
  const bool is_reset = header.flags.has(wire::TcpFlag::Rst);
  const auto stamps = header.options.timestamps();
  const bool carries_number = header.acknowledgement != 0 || (stamps && stamps->echo != 0)
                              || (is_reset && !acknowledgements_.empty());
  if (!carries_number) {
    return 0;
  }
  const std::size_t payload =
      ledger_.record(flow_probes_[flow.value()].front()).probe.payload_length;
  return open_count(flow) * (payload + (is_reset ? 2U : 1U));
}

bool Matcher::is_no_lucky_hit(FlowId flow, const wire::TcpHeader& header) const {
  if (trials_ == 0 || trusts_weak_ || trials_ + trials_of(flow, header) <= kTrialsMax) {
    return true;
  }
  return header.acknowledgement != 0 && by_echo(flow, header).has_value();
}

}  // namespace synroute::engine
