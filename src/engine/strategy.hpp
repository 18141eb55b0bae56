// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/ledger.hpp"
#include "model/event.hpp"
#include "model/probe_record.hpp"
#include "model/trace.hpp"
#include "wire/datagram.hpp"

#include <optional>
#include <variant>

namespace synroute::engine {

/// A probe a strategy wants sent now.
struct Ask {
  FlowId flow;
  Ttl ttl;
  model::ProbeRole role = model::ProbeRole::Hop;
  int attempt = 1;
  /// Send an RST right behind it that undoes it at the target, as this host's kernel would on
  /// hearing the answer: the next probe of this flow then finds the target free without waiting for
  /// that.
  bool withdraw = false;
  /// Follows that withdrawn probe on its heels. Gets a sequence number beyond the window that one
  /// would have opened, should the RST be lost, yet near enough for boxes that follow connections
  /// to let the answer to the withdrawn one through (see Identity).
  std::optional<ProbeId> follows = std::nullopt;
  /// The probe itself, where somebody else has sent it: keys and flow are taken from here, `flow`
  /// is ignored. Stays the strategy's.
  const wire::Datagram* seen = nullptr;
};

/// Everything that will be asked at this TTL has been settled; becomes a HopSettled event.
struct RowSettled {
  Ttl ttl;
  bool is_target = false;  ///< the row of the target: Direct answers belong to it too
};

/// What a strategy does next: nothing, send, tell, or conclude.
using Move = std::variant<
    std::monostate,
    Ask,
    RowSettled,
    model::PortSettled,
    model::DistanceKnown,
    model::Verdict>;

/// A packet of the target that no single probe can be named for (an RST that carries no key).
struct UnnamedAnswer {
  FlowId flow;
  model::ReplyKind kind = model::ReplyKind::Rst;
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
  /// A probe was answered (perhaps late), given up or refused.
  virtual void settled(const model::ProbeRecord& record, const Ledger& ledger) = 0;
  virtual void heard(const UnnamedAnswer& answer) { static_cast<void>(answer); }
  /// Whether resets stop being answers once one of them is contradicted (reset_is_contradicted).
  /// Otherwise the first answer to a probe stands, as a connection would take it.
  [[nodiscard]] virtual bool weighs_resets() const { return false; }
  /// That has happened: the probes that had only a reset wait again, and what was learnt from them
  /// is void.
  virtual void resets_disproved(const Ledger& ledger) { static_cast<void>(ledger); }
  /// How long after its sending an unanswered probe is given up. May change with every answer.
  [[nodiscard]] virtual Duration patience(
      const model::ProbeRecord& record, const Ledger& ledger) const = 0;
  /// All probes have the same, constant patience: lets the engine keep thousands waiting cheaply.
  [[nodiscard]] virtual bool has_uniform_patience() const { return false; }
  /// When next() may have something new although nothing was heard.
  [[nodiscard]] virtual std::optional<Instant> deadline() const { return std::nullopt; }
  /// What can be concluded now, for a trace that is interrupted.
  [[nodiscard]] virtual model::Verdict verdict_so_far(const Ledger& ledger) const = 0;
};

}  // namespace synroute::engine
