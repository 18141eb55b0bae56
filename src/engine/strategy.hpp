// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/ledger.hpp"
#include "model/event.hpp"
#include "model/probe_record.hpp"
#include "model/trace.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace synroute::engine {

/// A probe a strategy wants sent now.
struct Ask {
  FlowId flow;
  Ttl ttl;
  model::ProbeRole role = model::ProbeRole::Hop;
  int attempt = 1;
  /// Also send an RST for this probe, immediately after it and with a full TTL. It removes the
  /// half-open connection at the target, as this host's kernel would one round trip later, so that
  /// the target answers the next probe of this flow.
  bool withdraw = false;
  /// The withdrawn probe that this one is sent immediately after. The sequence number is then that
  /// probe's plus 65,545: beyond the window the target may still hold open if the RST was lost, yet
  /// near enough for connection tracking to accept the answer to the withdrawn probe (see
  /// Identity).
  std::optional<ProbeId> follows = std::nullopt;
  /// A probe that another program sent (replay): keys and ports are taken from it, `flow` is
  /// ignored. Must stay valid until asked().
  const wire::Datagram* seen = nullptr;
  /// Asked by the engine itself, to find out who sends weak answers. The strategy is told of what
  /// becomes of the probe, as of any other.
  bool is_proof = false;
};

/// Everything that will be asked at this TTL has been settled; becomes a HopSettled event.
struct RowSettled {
  Ttl ttl;
  bool is_target = false;  ///< the row of the target: Direct answers belong to it too
};

/// The patience has grown (a late answer, say): lost probes that it would still wait for wait
/// again, and waits_again() is called for each.
struct WaitAgain {};

/// What a strategy does next: nothing, send a probe, announce a result, or conclude.
using Move = std::variant<
    std::monostate,
    Ask,
    RowSettled,
    model::PortSettled,
    model::DistanceKnown,
    model::ProvisionalVerdict,
    WaitAgain,
    model::Verdict>;

/// A packet of the target that may answer any of several probes (an RST that carries no key).
struct UnnamedAnswer {
  FlowId flow;
  model::ReplyKind kind = model::ReplyKind::Rst;
  Instant received;
};

/// Which resets stop being answers once one of them is contradicted (see ResetScreen).
enum class ResetScreening : std::uint8_t {
  None,  ///< none: the first reply to a probe is its answer, as it would be for a connection
  Each,  ///< that one: a middlebox may forge the resets of some ports only
  All,   ///< all of the trace
};

/// Decides what to ask next. Owned and called by one engine; sends nothing itself.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  /// The next move at `now`; called again until it returns nothing. Returns an Ask only when
  /// `may_send`.
  virtual Move next(Instant now, bool may_send, const Ledger& ledger) = 0;
  /// The Ask that next() returned last has been sent to the transport as this probe. Called before
  /// anything else is.
  virtual void asked(ProbeId id) { static_cast<void>(id); }
  /// A probe was answered (perhaps late), given up or refused.
  virtual void settled(const model::ProbeRecord& record, const Ledger& ledger) = 0;
  /// A lost probe waits again, as WaitAgain asked for.
  virtual void waits_again(const model::ProbeRecord& record) { static_cast<void>(record); }
  virtual void heard(const UnnamedAnswer& answer) { static_cast<void>(answer); }
  [[nodiscard]] virtual ResetScreening reset_screening() const { return ResetScreening::None; }
  /// Whether a time exceeded of any code marks a hop, as it does for tcptraceroute. A code other
  /// than 0 comes from a host that received the probe and waited for its other fragments.
  [[nodiscard]] virtual bool takes_any_time_exceeded() const { return false; }
  /// Replies were taken back, replaced or contradicted: what was learnt from replies must be
  /// discarded and learnt anew. After a reset was contradicted, the probes that had only a reset
  /// wait again.
  virtual void relearn(const Ledger& ledger) { static_cast<void>(ledger); }
  /// A further reply replaced or contradicted the one of this probe.
  virtual void revised(const model::ProbeRecord& record, const Ledger& ledger) {
    static_cast<void>(record);
    relearn(ledger);
  }
  /// How long after its sending an unanswered probe is given up. May change with every answer.
  [[nodiscard]] virtual Duration patience(
      const model::ProbeRecord& record, const Ledger& ledger) const = 0;
  /// All probes have the same patience at any one time, so they expire in the order of sending.
  [[nodiscard]] virtual bool has_uniform_patience() const { return false; }
  /// When next() may return something new although nothing was received.
  [[nodiscard]] virtual std::optional<Instant> deadline() const { return std::nullopt; }
  /// What can be concluded now, for a trace that is interrupted.
  [[nodiscard]] virtual model::Verdict verdict_so_far(const Ledger& ledger) const = 0;
};

}  // namespace synroute::engine
