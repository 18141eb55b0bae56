// SPDX-License-Identifier: Apache-2.0
// What quotes in ICMP errors say.
#include "engine/identity.hpp"
#include "engine/matcher.hpp"

#include <algorithm>
#include <iterator>

namespace synroute::engine {
namespace {

using model::IdGrade;
using model::ReplyKind;

/// Probes that a quote from a foreign port may be of, at most this many at once.
constexpr std::size_t kOutstandingMax = 64;

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

MatchOutcome Matcher::match_icmp(const wire::IcmpMessage& message, ReplyKind kind) {
  if (!message.quote || !message.quote->tcp) {
    return {};
  }
  MatchOutcome outcome = match_quote(*message.quote);
  for (auto* match : {&outcome.match, &outcome.half}) {
    if (*match) {
      (*match)->kind = kind;
      return outcome;
    }
  }
  if (!is_about_us(message)) {
    return {};
  }
  note_miss(*message.quote);
  return {.unmatched = Unmatched{.kind = kind}};
}

/// A quote of another port of the target belongs to another program, or to a trace beside this.
bool Matcher::is_about_us(const wire::IcmpMessage& message) const {
  return message.quote && message.quote->tcp && message.quote->destination == target_
         && target_ports_.contains(message.quote->tcp->destination_port.value());
}

/// A redirect, a parameter problem and the like: counted, but neither a hop nor an end.
MatchOutcome Matcher::match_remark(const wire::Datagram& datagram) const {
  const auto* message = datagram.icmp();
  return message != nullptr && is_about_us(*message)
             ? MatchOutcome{.unmatched = Unmatched{.kind = ReplyKind::Unreachable}}
             : MatchOutcome{};
}

std::optional<ProbeId> Matcher::by_number(const wire::Quote& quote) const {
  for (const auto key : {&Matcher::by_sequence, &Matcher::by_timestamp, &Matcher::by_offset}) {
    const auto named = (this->*key)(quote);
    if (named && is_no_lucky_hit(*named, quote)) {
      return named;
    }
  }
  return std::nullopt;
}

MatchOutcome Matcher::match_quote(const wire::Quote& quote) {
  std::optional<ProbeId> named = by_number(quote);
  const bool is_exact = named.has_value();
  if (!named) {
    named = by_ip_id(quote);
  }
  const bool is_trusted = !is_exact && trusts_weak_;
  if (!named && is_trusted) {
    named = trusted_by_flow(quote);
  }
  if (!named) {
    return {};
  }
  const model::Probe& probe = ledger_.record(*named).probe;
  Match match{.probe = *named, .kind = {}, .grade = grade(probe, quote)};
  if (!is_exact && !is_trusted) {
    match.grade.proof = model::Proof::Half;
    return {.half = match};
  }
  learn(match, quote);
  return {.match = match};
}

/// The flow alone, unless the quoted IP ID is another's.
std::optional<ProbeId> Matcher::trusted_by_flow(const wire::Quote& quote) const {
  const auto flow = flow_of(quote.tcp->source_port, quote.tcp->destination_port);
  const auto named = flow && quote.destination == target_ ? by_flow(*flow) : std::nullopt;
  return named && !is_of_another(ledger_.record(*named).probe, quote) ? named : std::nullopt;
}

bool Matcher::is_no_lucky_hit(ProbeId id, const wire::Quote& quote) const {
  const model::Probe& probe = ledger_.record(id).probe;
  const auto stamps = timestamps(quote);
  const bool same_stamp = stamps && stamps->value == probe.timestamp_value;
  const bool same_id =
      target_.family() == Family::V4 && quote.ip && id_names(probe.ip_id, quote.ip->id);
  const int numbers =
      (quote.tcp->sequence == probe.sequence ? 1 : 0) + (same_stamp ? 1 : 0) + (same_id ? 1 : 0);
  if (numbers >= 2 || trusts_weak_) {
    return true;
  }
  return agrees(probe, *quote.tcp) ? trials_ + kOutstandingMax <= kTrialsMax
                                   : foreign_trials_ + kOutstandingMax <= kForeignTrialsMax;
}

void Matcher::note_miss(const wire::Quote& quote) {
  const auto flow = flow_of(quote.tcp->source_port, quote.tcp->destination_port);
  if (flow) {
    ++misses_[*flow];
  }
  const std::size_t numbers = timestamps(quote) ? 2 : 1;
  if (flow) {
    trials_ += numbers * open_count(*flow);
  } else {
    foreign_trials_ += numbers * kOutstandingMax;
  }
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

void Matcher::learn(const Match& match, const wire::Quote& quote) {
  const model::Probe& probe = ledger_.record(match.probe).probe;
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
