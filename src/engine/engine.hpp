// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/identity.hpp"
#include "engine/ledger.hpp"
#include "engine/matcher.hpp"
#include "engine/pacer.hpp"
#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "model/event.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <variant>

namespace synroute::engine {

/// Hand this to the transport.
struct SendProbe {
  ProbeId id;
  wire::Datagram datagram;
};
/// Hand this to the transport as well: a packet that is no probe, whose fate nobody asks for.
struct SendPacket {
  wire::Datagram datagram;
};
/// The trace is complete; nothing more will come. The TraceFinished event came before.
struct Finished {};
using Output = std::variant<SendProbe, SendPacket, model::Event, Finished>;

/// How a packet concerns an engine.
enum class Claim : std::uint8_t {
  Foreign,    ///< nothing to do with this target
  Unmatched,  ///< about this target and our address, but no probe can be named
  Mine,
};

/// Walks towards one target. Knows no socket and no clock: packets and time are handed in.
///
/// Contract: call advance() to begin; after every handle(), sent(), refused(), advance() or
/// interrupt() drain poll() until it returns nothing (asserted); time never goes back (asserted for
/// advance(); receive and send stamps may lie in the past). Same settings, seed and inputs give the
/// same outputs.
class Engine {
 public:
  Engine(Settings settings, std::unique_ptr<Strategy> strategy);
  Engine(const Engine&) = delete;  // the matcher refers to the ledger beside it
  Engine& operator=(const Engine&) = delete;

  /// A packet and when the kernel took it in. `about` when the transport knows which probe it
  /// answers.
  Claim handle(
      const wire::Datagram& datagram,
      Instant received,
      std::optional<ProbeId> about = std::nullopt);
  /// When a probe really left; a later call replaces the time (kernel stamp after clock).
  void sent(ProbeId id, Instant at);
  /// This host did not let the probe out.
  void refused(ProbeId id, model::Refusal why);
  /// Deadlines up to `now` fire.
  void advance(Instant now);
  /// Ends the trace with what is known.
  void interrupt(Instant now);
  /// What the transport counted for itself; merged into the counters of the finished trace.
  void note_counters(const model::Counters& counters) { transport_counters_ = counters; }

  [[nodiscard]] std::optional<Output> poll();
  /// When advance() must be called at the latest; nothing once finished.
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] bool finished() const { return finished_; }
  /// Its records go into the trace when that finishes.
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  void emit(model::Event event);
  void settle(model::ProbeRecord& record);
  [[nodiscard]] bool weigh(model::ProbeRecord& record, const model::Reply& reply);
  void disprove_resets();
  void accept(const Match& match, const wire::Datagram& datagram, Instant received);
  void expire();
  void pump();
  bool perform(const Move& move);
  void send(const Ask& ask);
  void withdraw(const model::Probe& probe);
  FlowId flow_of(const Ask& ask);
  FlowId flow_of(const wire::Datagram& seen);
  void announce(const RowSettled& row);
  void finish(model::Verdict verdict);
  [[nodiscard]] Instant deadline_of(const model::ProbeRecord& record) const;
  [[nodiscard]] std::optional<Instant> earliest_expiry() const;

  Settings settings_;
  std::unique_ptr<Strategy> strategy_;
  Identity identity_;
  Ledger ledger_;
  Matcher matcher_;
  Pacer pacer_;
  std::deque<ProbeId>
      waiting_;  ///< unsettled probes in the order of sending; may hold settled ones
  std::set<FlowId> unnamed_flows_;           ///< their target answers named no probe
  bool resets_are_forged_ = false;           ///< one was contradicted: none is believed any more
  std::map<Port, model::PortResult> ports_;  ///< what a scan has settled so far
  std::deque<Output> outputs_;
  model::Counters counters_;
  model::Counters transport_counters_;
  Instant now_;
  Instant started_;
  bool begun_ = false;
  bool held_back_ = false;  ///< the pacer kept the strategy from sending; come back when it may
  bool finished_ = false;
};

}  // namespace synroute::engine
