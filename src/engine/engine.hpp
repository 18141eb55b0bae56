// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/expiry.hpp"
#include "engine/half_evidence.hpp"
#include "engine/identity.hpp"
#include "engine/ledger.hpp"
#include "engine/matcher.hpp"
#include "engine/pacer.hpp"
#include "engine/reset_screen.hpp"
#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "engine/weak_answers.hpp"
#include "model/connection_tuple.hpp"
#include "model/event.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

namespace synroute::engine {

/// Hand this to the transport.
struct SendProbe {
  ProbeId id;
  wire::Datagram datagram;
};
/// Hand this to the transport as well: a packet that is not a probe. No report is expected.
struct SendPacket {
  wire::Datagram datagram;
};
/// The trace is complete: the last output. The TraceFinished event came before.
struct Finished {};
using Output = std::variant<SendProbe, SendPacket, model::Event, Finished>;

/// How a packet concerns an engine.
enum class Claim : std::uint8_t {
  Foreign,    ///< nothing to do with this target
  Unmatched,  ///< about this target and our address, but which probe is unknown
  Mine,
};

/// Traces one target. Uses no socket and no clock: packets and time are handed in.
///
/// Contract: call advance() to begin; after every handle(), sent(), refused(), advance() or
/// interrupt() drain poll() until it returns nothing (asserted); time never goes back (asserted for
/// advance(); receive and send stamps may lie in the past). Same settings, seed and inputs give the
/// same outputs.
class Engine {
 public:
  Engine(Settings settings, std::unique_ptr<Strategy> strategy);
  Engine(const Engine&) = delete;  // members refer to the ledger beside them
  Engine& operator=(const Engine&) = delete;

  /// A packet and when the kernel took it in. `about` when the transport knows which probe it
  /// answers.
  Claim handle(
      const wire::Datagram& datagram,
      Instant received,
      std::optional<ProbeId> about = std::nullopt);
  /// When a probe really left; a later call replaces the time (kernel stamp after clock).
  void sent(ProbeId id, Instant at);
  /// A device of this host was given the probe: the one of this name, where it is known.
  /// `translation` when this host's own NAT changed it, `changed_ttl` when another rule set its
  /// TTL.
  void departed(
      ProbeId id,
      std::string_view device,
      const std::optional<model::OwnTranslation>& translation,
      std::optional<Ttl> changed_ttl = {});
  /// This host's TCP was given this answer: no firewall or route check of this host dropped it.
  Claim delivered(const wire::Datagram& datagram);
  /// This host could not send the probe, which is known since `now`. `missing_hop`: the next hop
  /// that does not answer, where it is not that of the route.
  void refused(
      ProbeId id,
      model::Refusal why,
      Instant now,
      const std::optional<model::MissingHop>& missing_hop = {});
  /// Deadlines up to `now` fire.
  void advance(Instant now);
  /// Ends the trace with what is known.
  void interrupt(Instant now);
  /// Some deliveries were not seen: nothing may be concluded from those that are missing.
  void note_missed_deliveries() { deliveries_missed_ = true; }

  [[nodiscard]] std::optional<Output> poll();
  /// When advance() must be called at the latest; nothing once finished.
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] bool finished() const { return finished_; }
  /// The trace without its results: target, source, limits.
  [[nodiscard]] const model::Trace& head() const { return settings_.head; }
  /// Its records go into the trace when that finishes.
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  void begin();
  void announce_start();
  void emit(model::Event event);
  void settle(ProbeId id);
  void accept(const Match& match, const wire::Datagram& datagram, Instant received);
  [[nodiscard]] bool passes_reset_screen(ProbeId id, const model::Reply& reply);
  void note_unmatched(const Unmatched& unmatched, Instant received);

  // Answers that prove little or contradict each other (engine_proof.cpp).
  bool take(const MatchOutcome& outcome, const wire::Datagram& datagram, Instant received);
  void hear_at_proof_port(const wire::Datagram& datagram, Instant received);
  bool take_half(HalfAnswer answer);
  bool take_weak(const Unmatched& unmatched, const wire::Datagram& datagram, Instant received);
  bool believe(const WeakAnswer& answer);
  void note_weak_delivery(FlowId flow);
  void conclude_tests();
  void abandon_tests();
  void drop(const std::vector<WeakAnswer>& answers);
  void give_up_proofs();
  void end_suspense();
  [[nodiscard]] std::optional<Ask> ask_for_proof();
  void contest(ProbeId id, model::Reply reply);
  [[nodiscard]] Instant weighed_at(const RowSettled& row) const;
  void announce_weighed();
  void expire();
  void wait_again();
  void pump();
  bool perform(const Move& move);
  void send(const Ask& ask);
  void withdraw(const model::Probe& probe);
  void announce(const RowSettled& row);
  void conclude(const model::Verdict& verdict);
  [[nodiscard]] std::optional<Instant> delivery_deadline() const;
  void finish(model::Verdict verdict);
  [[nodiscard]] std::vector<model::PortResult> port_results() const;

  Settings settings_;
  std::unique_ptr<Strategy> strategy_;
  Identity identity_;
  Ledger ledger_;
  Matcher matcher_;
  ResetScreen reset_screen_;
  HalfEvidence half_evidence_;
  WeakAnswers weak_answers_;
  std::set<FlowId> weak_deliveries_;  ///< flows of which this host's TCP took a weak answer
  std::vector<ProbeId> proofs_;       ///< probes that the tests have asked for
  Expiry expiry_;
  Pacer pacer_;
  std::set<FlowId> unnamed_flows_;           ///< with target answers whose probe is unknown
  std::map<Port, model::PortResult> ports_;  ///< what a scan has settled so far
  std::deque<RowSettled> unannounced_;       ///< rows whose answers are still weighed
  std::vector<model::OwnTranslation>
      own_translations_;  ///< different ones, at most kTranslationsMax
  /// Concluded, but whether this host takes the answers it rests on is not known yet.
  std::optional<model::Verdict> concluded_;
  std::deque<Output> outputs_;
  std::map<Port, std::string> devices_;  ///< of a scan: by which the first probe to a port left
  model::Counters counters_;             ///< what the ledger does not count
  bool is_announced_ = false;            ///< TraceStarted
  bool has_departed_ = false;
  Instant now_;
  Instant started_;
  bool begun_ = false;
  bool held_back_ = false;  ///< the pacer kept the strategy from sending
  bool finished_ = false;
  bool deliveries_missed_ = false;
};

}  // namespace synroute::engine
