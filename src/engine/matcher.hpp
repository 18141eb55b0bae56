// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "model/reply.hpp"
#include "wire/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace synroute::engine {

/// Which probe a packet answers, and how well the keys agreed.
struct Match {
  ProbeId probe;
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
  model::MatchGrade grade;
};

/// A packet that concerns the target although which probe it answers is unknown.
struct Unmatched {
  /// For a TCP segment of the target on one of our flows that names no probe. Nothing when it
  /// acknowledges a number that was never sent.
  std::optional<FlowId> flow;
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
  /// The segment carries none of our numbers (an RST without acknowledgement, a bare SYN): it can
  /// be sent by anyone who guesses addresses and ports.
  bool is_weak = false;
};

/// At most one is set; none: the packet is foreign.
struct MatchOutcome {
  std::optional<Match> match;
  /// Only the IP ID names the probe: 16 bits, which a flood guesses. Decides nothing singly (see
  /// HalfEvidence).
  std::optional<Match> half;
  std::optional<Unmatched> unmatched;
};

/// Recognises our probes in what comes back. Middleboxes rewrite any field, so no single one is
/// required; and a sender who sees none of our packets must not be believed, so an answer names a
/// probe only by a number drawn for it.
///
/// A quote in an ICMP error names a probe by the first of these rules that applies:
///
/// 1. The sequence number, and both ports, target address and port, the IP ID or the timestamp.
/// 2. The timestamp value, and both ports or target address and port.
/// 3. The sequence number less the offset that a middlebox adds, and both ports. The offset is
///    learnt from two quotes that other rules have named.
/// 4. The IP ID (as sent, with its bytes swapped, or plus one), target address and both ports: half
///    a name. Only while no such offset is known.
///
/// A TCP segment of the target on one of our flows names a probe by the number it acknowledges; an
/// RST also by its sequence number, which is the acknowledgement number of an ACK probe; a SYN
/// without acknowledgement by the timestamp it echoes. An ACK that acknowledges any probe of the
/// flow comes from the target, but a challenge (RFC 5961) carries the number of the probe before:
/// it names the only probe possible in the flow, if there is one (by_flow()). Other segments
/// without usable numbers are weak.
///
/// Numbers can be guessed by volume. Blind packets miss far more often than they hit, so the misses
/// are counted: each tried as many keys of 31 bits as its flow had unanswered probes, and t trials
/// hit by accident with a probability of at most t / 2^31. One number names a probe while that is
/// at most 2^-17 for the whole trace; afterwards only two together do (with the IP ID or
/// timestamp). Quotes from ports that are not ours have a budget of their own, 2^-18: they also
/// come from other traces of the same target, which must not spoil this one.
class Matcher {
 public:
  Matcher(IpAddress source, IpAddress target, const Ledger& ledger);

  /// A time exceeded of any code is an answer (see Strategy).
  void take_any_time_exceeded() { takes_any_time_exceeded_ = true; }
  /// To be called for every probe as it is added to the ledger. `acknowledgement`: the number an
  /// RST would carry; absent when the probe acknowledges nothing. Keys that several probes share,
  /// as those of other tools do, name none of them alone.
  void add(const model::Probe& probe, std::optional<std::uint32_t> acknowledgement);

  [[nodiscard]] MatchOutcome match(const wire::Datagram& datagram);

  /// The same for a copy of a packet that match() has judged: nothing is counted, and no budget
  /// matters.
  [[nodiscard]] MatchOutcome match_copy(const wire::Datagram& datagram);

  /// The only probe possible in a flow: the only unanswered one, or the one that was sent while no
  /// other was waiting, and still waits. Never just the probe sent last.
  [[nodiscard]] std::optional<ProbeId> by_flow(FlowId flow) const;
  /// A half match has been believed: the offset of its sequence number is known from now on, if a
  /// second one shows the same.
  void learn(const Match& match, const wire::Quote& quote);
  /// Quotes that named this flow's ports and no probe.
  [[nodiscard]] std::size_t misses(FlowId flow) const;
  /// Probes of this flow without an answer.
  [[nodiscard]] std::size_t open_count(FlowId flow) const;
  /// For captures, in which nothing can be asked any more: answers that carry no number of ours
  /// name the only probe possible in their flow, and one IP ID suffices.
  void trust_weak_answers() { trusts_weak_ = true; }
  [[nodiscard]] bool trusts_weak_answers() const { return trusts_weak_; }

 private:
  /// 2^31 / 2^17 and 2^31 / 2^18.
  static constexpr std::size_t kTrialsMax = std::size_t{1} << 14;
  static constexpr std::size_t kForeignTrialsMax = std::size_t{1} << 13;

  [[nodiscard]] MatchOutcome match_tcp(
      const IpAddress& from, const wire::TcpSegment& segment, model::ReplyKind kind);
  [[nodiscard]] MatchOutcome match_icmp(const wire::IcmpMessage& message, model::ReplyKind kind);
  [[nodiscard]] MatchOutcome match_remark(const wire::Datagram& datagram) const;
  [[nodiscard]] bool is_about_us(const wire::IcmpMessage& message) const;
  [[nodiscard]] MatchOutcome match_quote(const wire::Quote& quote);
  [[nodiscard]] std::optional<ProbeId> by_number(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> trusted_by_flow(const wire::Quote& quote) const;
  [[nodiscard]] bool is_no_lucky_hit(ProbeId id, const wire::Quote& quote) const;
  [[nodiscard]] bool is_no_lucky_hit(FlowId flow, const wire::TcpHeader& header) const;
  [[nodiscard]] std::size_t trials_of(FlowId flow, const wire::TcpHeader& header) const;
  void note_miss(const wire::Quote& quote);
  [[nodiscard]] std::optional<ProbeId> by_sequence(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> one_with_shared_sequence(
      std::span<const ProbeId> alike, const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> only_waiting_or_answered(
      std::span<const ProbeId> alike) const;
  [[nodiscard]] std::optional<ProbeId> by_timestamp(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_offset(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_ip_id(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_answer(FlowId flow, const wire::TcpHeader& header) const;
  [[nodiscard]] std::optional<ProbeId> by_echo(FlowId flow, const wire::TcpHeader& header) const;
  [[nodiscard]] bool acknowledges_any(FlowId flow, const wire::TcpHeader& header) const;
  [[nodiscard]] std::optional<FlowId> flow_of(Port source_port, Port target_port) const;
  [[nodiscard]] std::optional<ProbeId> only_open_in(FlowId flow) const;
  [[nodiscard]] std::optional<ProbeId> alone_in(FlowId flow) const;
  [[nodiscard]] model::MatchGrade grade(const model::Probe& probe, const wire::Quote& quote) const;

  IpAddress source_;
  IpAddress target_;
  const Ledger& ledger_;
  /// A scan has hundreds of thousands of entries, which are all freed together.
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<std::uint32_t, ProbeId> sequences_{&memory_};
  std::pmr::unordered_map<std::uint32_t, ProbeId> timestamps_{&memory_};
  /// All probes with a sequence number that more than one has.
  std::unordered_map<std::uint32_t, std::vector<ProbeId>> shared_sequences_;
  std::unordered_set<std::uint32_t> shared_timestamps_;
  std::pmr::unordered_map<std::uint32_t, ProbeId> acknowledgements_{&memory_};
  std::pmr::unordered_map<std::uint16_t, std::pmr::vector<ProbeId>> ip_ids_{&memory_};
  std::pmr::unordered_map<std::uint32_t, FlowId> flows_{&memory_};
  std::pmr::unordered_set<std::uint16_t> target_ports_{&memory_};
  std::pmr::vector<std::pmr::vector<ProbeId>> flow_probes_{&memory_};  ///< FlowId is the index
  /// By flow, its latest probe when no other one was waiting as it was sent.
  std::unordered_map<FlowId, ProbeId> alone_;
  /// What a middlebox adds to our sequence numbers, once two quotes named by other keys agreed on
  /// it.
  std::optional<std::uint32_t> offset_;
  std::optional<std::uint32_t> offset_candidate_;
  std::unordered_map<FlowId, std::size_t> misses_;
  std::size_t trials_ = 0;          ///< of keys by packets to our ports that missed
  std::size_t foreign_trials_ = 0;  ///< by quotes from other ports
  bool takes_any_time_exceeded_ = false;
  bool trusts_weak_ = false;
};

}  // namespace synroute::engine
