// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.hpp"

#include "engine/identity.hpp"
#include "engine/reply_kind.hpp"

#include <algorithm>
#include <iterator>

namespace synroute::engine {
namespace {

using model::IdGrade;
using model::ReplyKind;

std::uint32_t port_pair(Port source, Port target) {
  return static_cast<std::uint32_t>(source.value()) << 16 | target.value();
}

bool agrees(const model::Probe& probe, const wire::QuotedTcp& tcp) {
  return probe.source_port == tcp.source_port && probe.target_port == tcp.destination_port;
}

IdGrade grade_id(std::uint16_t sent, std::uint16_t quoted) {
  if (quoted == sent) {
    return IdGrade::Same;
  }
  if (quoted == swapped(sent)) {
    return IdGrade::Swapped;
  }
  return quoted == 0 ? IdGrade::Zero : IdGrade::Other;
}

/// scamper also accepts the value plus one: some routers count the quoted header as their own.
bool id_names(std::uint16_t sent, std::uint16_t quoted) {
  return quoted != 0
         && (quoted == sent || quoted == swapped(sent)
             || quoted == static_cast<std::uint16_t>(sent + 1));
}

/// The quoted IP ID is neither that of the probe nor zeroed.
bool is_of_another(const model::Probe& probe, const wire::Quote& quote) {
  return quote.ip && quote.source.family() == Family::V4 && quote.ip->id != 0
         && !id_names(probe.ip_id, quote.ip->id);
}

std::optional<wire::TcpTimestamps> timestamps(const wire::Quote& quote) {
  return quote.tcp && quote.tcp->header ? quote.tcp->header->options.timestamps() : std::nullopt;
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
  const auto kind = kind_of(datagram);
  if (!kind || datagram.ip.destination != source_) {
    return {};
  }
  if (const auto* segment = datagram.tcp()) {
    return match_tcp(datagram.ip.source, *segment, *kind);
  }
  const auto* message = datagram.icmp();
  return message != nullptr ? match_icmp(*message, *kind) : MatchOutcome{};
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

/// For packets that name a flow and nothing else.
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

MatchOutcome Matcher::match_tcp(
    const IpAddress& from, const wire::TcpSegment& segment, ReplyKind kind) const {
  const auto flow = flow_of(segment.header.destination_port, segment.header.source_port);
  if (from != target_ || !flow) {
    return {};
  }
  std::optional<ProbeId> named;
  if (kind != ReplyKind::Ack) {
    named = by_answer(*flow, segment.header);
  }
  // A SYN|ACK or RST that acknowledges what was never sent is forged or of another time (RFC 9293
  // §3.10.7.3: a connection would not take it either).
  const bool acknowledges =
      segment.header.flags.has(wire::TcpFlag::Ack) && segment.header.acknowledgement != 0;
  if (!named && acknowledges && kind != ReplyKind::Ack) {
    return {.match = std::nullopt, .unmatched = Unmatched{.flow = std::nullopt, .kind = kind}};
  }
  // A challenge ACK carries numbers of another connection (RFC 5961 §4), an RST may carry none, a
  // bare SYN never does: only the flow is left to name them.
  if (!named) {
    named = by_flow(*flow);
  }
  if (!named) {
    const bool resets = kind == ReplyKind::Rst;
    return {
        .match = std::nullopt,
        .unmatched = Unmatched{.flow = flow, .kind = resets ? kind : ReplyKind::Ack}};
  }
  return {.match = Match{.probe = *named, .kind = kind, .grade = {}}, .unmatched = std::nullopt};
}

MatchOutcome Matcher::match_icmp(const wire::IcmpMessage& message, ReplyKind kind) {
  if (!message.quote || !message.quote->tcp) {
    return {};
  }
  if (auto match = match_quote(*message.quote)) {
    match->kind = kind;
    return {.match = match, .unmatched = std::nullopt};
  }
  // A quote of another port of the target belongs to another program, or to a trace beside this.
  const bool is_about_us = message.quote->destination == target_
                           && target_ports_.contains(message.quote->tcp->destination_port.value());
  return is_about_us ? MatchOutcome{.match = std::nullopt, .unmatched = Unmatched{.kind = kind}}
                     : MatchOutcome{};
}

std::optional<Match> Matcher::match_quote(const wire::Quote& quote) {
  std::optional<ProbeId> named = by_sequence(quote);
  for (const auto key : {&Matcher::by_timestamp, &Matcher::by_offset, &Matcher::by_ip_id}) {
    if (!named) {
      named = (this->*key)(quote);
    }
  }
  const auto flow = flow_of(quote.tcp->source_port, quote.tcp->destination_port);
  if (!named && flow && quote.destination == target_) {
    named = by_flow(*flow);
    // With neither the sequence number nor the IP ID as sent, a sender need only have guessed our
    // ports.
    if (named && is_of_another(ledger_.record(*named).probe, quote)) {
      named.reset();
    }
  }
  if (!named) {
    return std::nullopt;
  }
  const model::Probe& probe = ledger_.record(*named).probe;
  learn_offset(probe, quote);
  return Match{.probe = *named, .kind = {}, .grade = grade(probe, quote)};
}

/// The sequence number and one more key: both ports, the destination, or the IP ID.
std::optional<ProbeId> Matcher::by_sequence(const wire::Quote& quote) const {
  const auto found = sequences_.find(quote.tcp->sequence);
  if (found == sequences_.end()) {
    return std::nullopt;
  }
  const auto agrees_once_more = [&](ProbeId id) {
    const model::Probe& probe = ledger_.record(id).probe;
    const bool same_service =
        quote.destination == target_ && quote.tcp->destination_port == probe.target_port;
    const bool same_id = quote.ip && id_names(probe.ip_id, quote.ip->id);
    const auto stamps = timestamps(quote);
    const bool same_stamp = stamps && stamps->value == probe.timestamp_value;
    return agrees(probe, *quote.tcp) || same_service || same_id || same_stamp;
  };
  if (const auto shared = shared_sequences_.find(quote.tcp->sequence);
      shared != shared_sequences_.end()) {
    std::vector<ProbeId> alike;
    std::ranges::copy_if(shared->second, std::back_inserter(alike), agrees_once_more);
    return one_with_shared_sequence(alike, quote);
  }
  return agrees_once_more(found->second) ? std::optional{found->second} : std::nullopt;
}

/// For tools that tell their probes apart by the IP ID alone, or resend them unchanged: the probe
/// with that IP ID, else the only one that waits.
std::optional<ProbeId> Matcher::one_with_shared_sequence(
    std::span<const ProbeId> alike, const wire::Quote& quote) const {
  const auto sent_id = [this](ProbeId id) { return ledger_.record(id).probe.ip_id; };
  if (quote.ip && quote.ip->id != 0 && target_.family() == Family::V4) {
    if (std::ranges::count(alike, quote.ip->id, sent_id) == 1) {
      return *std::ranges::find(alike, quote.ip->id, sent_id);
    }
    const auto named = [&](ProbeId id) { return id_names(sent_id(id), quote.ip->id); };
    if (std::ranges::count_if(alike, named) == 1) {
      return *std::ranges::find_if(alike, named);
    }
  }
  const auto waits = [this](ProbeId id) { return ledger_.record(id).is_waiting(); };
  return std::ranges::count_if(alike, waits) == 1
             ? std::optional{*std::ranges::find_if(alike, waits)}
             : std::nullopt;
}

/// The timestamp value, and both ports or target address and port: a NAT may have left the source
/// untranslated in the quote.
std::optional<ProbeId> Matcher::by_timestamp(const wire::Quote& quote) const {
  const auto stamps = timestamps(quote);
  if (!stamps) {
    return std::nullopt;
  }
  const auto found = timestamps_.find(stamps->value);
  if (found == timestamps_.end() || shared_timestamps_.contains(stamps->value)) {
    return std::nullopt;
  }
  const model::Probe& probe = ledger_.record(found->second).probe;
  const bool same_service =
      quote.destination == target_ && quote.tcp->destination_port == probe.target_port;
  return agrees(probe, *quote.tcp) || same_service ? std::optional{found->second} : std::nullopt;
}

/// For middleboxes that add the same number to every sequence number: that number subtracted, and
/// both ports.
std::optional<ProbeId> Matcher::by_offset(const wire::Quote& quote) const {
  if (!offset_) {
    return std::nullopt;
  }
  const std::uint32_t sequence = quote.tcp->sequence - *offset_;
  const auto found = sequences_.find(sequence);
  return found != sequences_.end() && !shared_sequences_.contains(sequence)
                 && agrees(ledger_.record(found->second).probe, *quote.tcp)
             ? std::optional{found->second}
             : std::nullopt;
}

/// The IP ID and the exact flow. An ID that a middlebox redrew names one of n probes by accident
/// with a probability of about 3n / 65,536 (it may also match swapped or incremented). So once an
/// offset of the sequence numbers is known, that is used instead.
std::optional<ProbeId> Matcher::by_ip_id(const wire::Quote& quote) const {
  if (!quote.ip || offset_ || target_.family() != Family::V4 || quote.destination != target_) {
    return std::nullopt;
  }
  std::vector<ProbeId> named;
  const std::uint16_t quoted = quote.ip->id;
  for (const std::uint16_t sent :
       {quoted, swapped(quoted), static_cast<std::uint16_t>(quoted - 1)}) {
    const auto found = ip_ids_.find(sent);
    // The ID itself before its variants: other tools number their probes 1, 2, 3.
    if (named.empty() && found != ip_ids_.end() && id_names(sent, quoted)) {
      std::ranges::copy_if(found->second, std::back_inserter(named), [&](ProbeId id) {
        return agrees(ledger_.record(id).probe, *quote.tcp);
      });
    }
  }
  std::ranges::sort(named);
  named.erase(std::ranges::unique(named).begin(), named.end());
  if (named.size() > 1) {  // IDs are reused after thousands of probes: answered ones do not count
    std::erase_if(named, [&](ProbeId id) { return ledger_.record(id).reply() != nullptr; });
  }
  return named.size() == 1 ? std::optional{named.front()} : std::nullopt;
}

void Matcher::learn_offset(const model::Probe& probe, const wire::Quote& quote) {
  const std::uint32_t offset = quote.tcp->sequence - probe.sequence;
  if (offset == 0 || offset_) {
    return;
  }
  if (offset_candidate_ == offset) {
    offset_ = offset;
  }
  offset_candidate_ = offset;
}

model::MatchGrade Matcher::grade(const model::Probe& probe, const wire::Quote& quote) const {
  model::MatchGrade grade;
  if (quote.ip && target_.family() == Family::V4) {
    grade.ip_id = grade_id(probe.ip_id, quote.ip->id);
  }
  grade.sequence_rewritten = quote.tcp->sequence != probe.sequence;
  grade.source_rewritten = quote.source != source_;
  grade.destination_rewritten = quote.destination != target_;
  grade.ports_rewritten = !agrees(probe, *quote.tcp);
  return grade;
}

}  // namespace synroute::engine
