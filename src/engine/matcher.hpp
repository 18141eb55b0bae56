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

/// A packet that concerns the target although no probe can be named.
struct Unmatched {
  /// A TCP answer of the target on one of our flows (an RST without keys, a bare ACK); none when
  /// what it acknowledges belies it.
  std::optional<FlowId> flow;
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
};

/// Recognises our probes in what comes back, by weighted agreement of independent keys: flow
/// (ports), sequence number, IP ID, timestamp value. Two keys that agree, or one that leaves no
/// other choice, name a probe; anything less names none. It is never "the last one sent".
class Matcher {
 public:
  Matcher(IpAddress source, IpAddress target, const Ledger& ledger);

  /// To be called for every probe as it is added to the ledger. `acknowledgement`: the number a
  /// reset would carry; absent when the probe acknowledges nothing. Keys that several probes share,
  /// as those of other tools do, name none of them alone.
  void add(const model::Probe& probe, std::optional<std::uint32_t> acknowledgement);

  struct Verdict {
    std::optional<Match> match;
    std::optional<Unmatched> unmatched;  ///< neither set: the packet is foreign
  };
  [[nodiscard]] Verdict match(const wire::Datagram& datagram);

 private:
  [[nodiscard]] Verdict match_tcp(const wire::Datagram& datagram, const wire::TcpSegment& segment);
  [[nodiscard]] Verdict match_icmp(
      const wire::Datagram& datagram, const wire::IcmpMessage& message);
  [[nodiscard]] std::optional<Match> match_quote(const wire::Quote& quote);
  [[nodiscard]] std::optional<ProbeId> by_sequence(const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> one_of_namesakes(
      std::span<const ProbeId> alike, const wire::Quote& quote) const;
  [[nodiscard]] std::optional<ProbeId> only_one(std::span<const ProbeId> alike) const;
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
  /// A scan has hundreds of thousands of entries, which are all given back together.
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<std::uint32_t, ProbeId> sequences_{&memory_};
  std::pmr::unordered_map<std::uint32_t, ProbeId> timestamps_{&memory_};
  /// All probes with a sequence number that more than one has.
  std::unordered_map<std::uint32_t, std::vector<ProbeId>> namesakes_;
  std::unordered_set<std::uint32_t> shared_timestamps_;
  std::pmr::unordered_map<std::uint32_t, ProbeId> acknowledgements_{&memory_};
  std::pmr::unordered_map<std::uint16_t, std::pmr::vector<ProbeId>> ip_ids_{&memory_};
  std::pmr::unordered_map<std::uint32_t, FlowId> flows_{&memory_};
  std::pmr::unordered_set<std::uint16_t> target_ports_{&memory_};
  std::pmr::vector<std::pmr::vector<ProbeId>> flow_probes_{&memory_};  ///< FlowId is the index
  /// By flow, its latest probe when no other one was waiting as it was sent.
  std::unordered_map<FlowId, ProbeId> alone_;
  /// What a box adds to our sequence numbers, once two answers named by other keys agreed on it.
  std::optional<std::uint32_t> offset_;
  std::optional<std::uint32_t> offset_candidate_;
};

}  // namespace synroute::engine
