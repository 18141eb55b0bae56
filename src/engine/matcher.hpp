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
  /// For a TCP segment of the target on one of our flows that carries no key (an RST without
  /// numbers, a bare ACK). Nothing when it acknowledges a number that was never sent.
  std::optional<FlowId> flow;
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
};

/// At most one is set; neither: the packet is foreign.
struct MatchOutcome {
  std::optional<Match> match;
  std::optional<Unmatched> unmatched;
};

/// Recognises our probes in what comes back. Middleboxes rewrite any field, so no single one is
/// required, and no single one suffices while several probes are possible.
///
/// A quote in an ICMP error names a probe by the first of these rules that applies:
///
/// 1. The sequence number, and both ports, target address and port, the IP ID or the timestamp.
/// 2. The timestamp value, and both ports or target address and port.
/// 3. The sequence number less the offset that a middlebox adds, and both ports. The offset is
///    learnt from two quotes that other rules have named.
/// 4. The IP ID (as sent, with its bytes swapped, or plus one), target address and both ports. Only
///    while no such offset is known.
/// 5. Target address and both ports alone. Only if one probe of that flow is possible, and the
///    quoted IP ID is its own or 0.
///
/// A TCP segment of the target on one of our flows names a probe by the number it acknowledges; an
/// RST also by its sequence number, which is the acknowledgement number of an ACK probe. Segments
/// without usable numbers (bare ACK, bare SYN, RST with acknowledgement 0) name the only probe
/// possible in the flow, if there is one.
///
/// The only probe possible in a flow is the only unanswered one, or the one that was sent while no
/// other was waiting, and still waits. It is never just the probe sent last.
class Matcher {
 public:
  Matcher(IpAddress source, IpAddress target, const Ledger& ledger);

  /// To be called for every probe as it is added to the ledger. `acknowledgement`: the number an
  /// RST would carry; absent when the probe acknowledges nothing. Keys that several probes share,
  /// as those of other tools do, name none of them alone.
  void add(const model::Probe& probe, std::optional<std::uint32_t> acknowledgement);

  [[nodiscard]] MatchOutcome match(const wire::Datagram& datagram);

 private:
  [[nodiscard]] MatchOutcome match_tcp(
      const IpAddress& from, const wire::TcpSegment& segment, model::ReplyKind kind) const;
  [[nodiscard]] MatchOutcome match_icmp(const wire::IcmpMessage& message, model::ReplyKind kind);
  [[nodiscard]] std::optional<Match> match_quote(const wire::Quote& quote);
  [[nodiscard]] std::optional<ProbeId> by_sequence(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> one_with_shared_sequence(
      std::span<const ProbeId> alike, const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> only_waiting_or_answered(
      std::span<const ProbeId> alike) const;
  [[nodiscard]] std::optional<ProbeId> by_timestamp(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_offset(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_ip_id(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> by_answer(FlowId flow, const wire::TcpHeader& header) const;
  [[nodiscard]] std::optional<FlowId> flow_of(Port source_port, Port target_port) const;
  [[nodiscard]] std::optional<ProbeId> only_open_in(FlowId flow) const;
  [[nodiscard]] std::optional<ProbeId> alone_in(FlowId flow) const;
  [[nodiscard]] std::optional<ProbeId> by_flow(FlowId flow) const;
  [[nodiscard]] model::MatchGrade grade(const model::Probe& probe, const wire::Quote& quote) const;
  void learn_offset(const model::Probe& probe, const wire::Quote& quote);

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
};

}  // namespace synroute::engine
