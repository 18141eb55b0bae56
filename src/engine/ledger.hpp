// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/counters.hpp"
#include "model/probe_record.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::engine {

/// The part of a 5-tuple that differs between the probes of one engine: source and target address
/// are the same for all.
struct Flow {
  Port source_port;
  Port target_port;
  std::uint32_t label = 0;  ///< IPv6 flow label
};

/// All probes of one engine and what became of them. Strategies read it; the engine changes it, and
/// only by these transitions:
///
///     add → waiting        waiting → answered | lost | refused        lost → refused
///     lost | refused → answered, late        answered → waiting (reopen)
///     lost → waiting (wait_again)
///
/// Each transition asserts the state it starts from and counts what it changes.
class Ledger {
 public:
  [[nodiscard]] std::span<const model::ProbeRecord> records() const { return records_; }
  [[nodiscard]] const model::ProbeRecord& record(ProbeId id) const { return records_[id.value()]; }
  /// The ProbeId of the next probe to be added.
  [[nodiscard]] ProbeId next_id() const {
    return ProbeId{static_cast<std::uint32_t>(records_.size())};
  }
  [[nodiscard]] std::size_t waiting_count() const { return waiting_; }
  [[nodiscard]] std::size_t waiting_count(model::ProbeRole role) const {
    return waiting_by_role_[static_cast<std::size_t>(role)];
  }
  /// `sent`, `duplicates`, `late` and `refused`; the others are 0.
  [[nodiscard]] const model::Counters& counters() const { return counters_; }

  /// Answers are held back whose sender is being tested (see WeakAnswers): silence means nothing
  /// yet.
  [[nodiscard]] bool awaits_proof() const { return awaits_proof_; }
  void set_awaits_proof(bool awaits) { awaits_proof_ = awaits; }

  [[nodiscard]] const Flow& flow(FlowId id) const { return flows_[id.value()]; }
  [[nodiscard]] std::size_t flow_count() const { return flows_.size(); }
  /// The flow with these ports; nothing when there is none.
  [[nodiscard]] std::optional<FlowId> find_flow(Port source_port, Port target_port) const;
  FlowId add_flow(const Flow& flow);

  /// Makes room for this many probes at once: moving all records of a large scan later would take
  /// longer than an answer.
  void reserve(std::size_t count) { records_.reserve(count); }
  /// `probe.id` must be next_id().
  void add(const model::Probe& probe);
  /// The probe left at this time. A later call replaces the time, and the RTT of an answer that has
  /// come meanwhile.
  void note_sent(ProbeId id, Instant sent);
  /// A device of this host was given the probe; `redirected` to another destination by its NAT.
  void note_departed(
      ProbeId id, bool redirected = false, std::optional<Ttl> set_by_host = std::nullopt) {
    model::Probe& probe = at(id).probe;
    probe.has_departed = true;
    probe.is_redirected = redirected;
    probe.ttl_set_by_host = set_by_host;
  }
  /// This host's TCP was given an answer to the probe.
  void note_delivered(ProbeId id);
  [[nodiscard]] bool any_delivered() const { return any_delivered_; }
  /// Answers of the target received up to `heard_until` have not been delivered if they are not
  /// now.
  void judge_deliveries(Instant heard_until);
  /// The first reply to a probe. Late when the probe is no longer waiting.
  void answer(ProbeId id, model::Reply reply);
  /// A further reply to a probe that has one.
  void add_duplicate(ProbeId id);
  /// Gives a probe up, `waited` after its sending.
  void lose(ProbeId id, std::optional<Duration> waited = std::nullopt);
  /// A probe was given up too early: it waits again.
  void wait_again(ProbeId id);
  void refuse(ProbeId id, model::Refusal why);
  /// Keeps a reset that is not the target's. Only the first of each probe is kept.
  void disprove(ProbeId id, const model::Reply& reset);
  /// A further reply that contradicts the one the probe has. A flood of them is not kept.
  void add_rival(ProbeId id, model::Reply reply, bool is_disproved);
  /// A further reply takes the place of the one the probe has, which becomes its rival.
  void supersede(ProbeId id, model::Reply reply, bool is_disproved);
  /// The reply to a probe is not the target's: it is kept as disproved, and the probe waits again.
  void reopen(ProbeId id);
  void set_overlapped(ProbeId id, bool overlapped) { at(id).overlapped = overlapped; }
  /// Moves the records out; the ledger has none afterwards.
  [[nodiscard]] std::vector<model::ProbeRecord> take_records();

 private:
  [[nodiscard]] model::ProbeRecord& at(ProbeId id) { return records_[id.value()]; }
  void begin_waiting(const model::ProbeRecord& record);
  void end_waiting(const model::ProbeRecord& record);

  std::vector<model::ProbeRecord> records_;  ///< ProbeId is the index
  std::vector<Flow> flows_;                  ///< FlowId is the index
  std::size_t waiting_ = 0;
  std::array<std::size_t, model::kProbeRoles> waiting_by_role_{};
  bool awaits_proof_ = false;
  bool any_delivered_ = false;
  model::Counters counters_;
};

/// Never negative: the stamps of two clocks can cross by nanoseconds on a path of microseconds.
[[nodiscard]] Duration round_trip(const model::Probe& probe, Instant received);

}  // namespace synroute::engine
