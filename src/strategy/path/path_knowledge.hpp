// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/strategy.hpp"
#include "strategy/path/path_rows.hpp"
#include "strategy/path/patience.hpp"
#include "strategy/path/port_verdict.hpp"
#include "strategy/path/trace_options.hpp"

#include <cstdint>
#include <optional>

namespace synroute::strategy {

/// What the answers so far say about a path and the port at its end.
class PathKnowledge {
 public:
  explicit PathKnowledge(const TraceOptions& options) : options_{options}, rows_{options} {}

  /// A probe was answered (perhaps late), given up or refused.
  void add(const model::ProbeRecord& record);
  /// The target answered a probe that cannot be named.
  void add(const engine::UnnamedAnswer& answer);
  /// A probe that was given up waits again.
  void wait_again(const model::ProbeRecord& record) {
    ++revision_;
    rows_.wait_again(record);
  }
  /// Discards what was learnt and learns it anew: resets are no longer believed.
  void relearn(const engine::Ledger& ledger);

  /// Another number after each change of what is known.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  [[nodiscard]] const PathRows& rows() const { return rows_; }
  [[nodiscard]] PathRows& rows() { return rows_; }
  [[nodiscard]] const PortVerdict& port() const { return port_; }
  /// How long after its sending a probe is given up.
  [[nodiscard]] Duration patience(const model::ProbeRecord& record) const;
  /// Until when a router may report that the target is down: a host behind the last hop that
  /// answered, and from which nothing has been heard. Nothing when no such report is waited for.
  [[nodiscard]] std::optional<Instant> host_report_due() const;
  /// From now on, probes beyond the last hop that answered are waited for until host_report_due().
  void await_host_report() { awaiting_beyond_ = rows_.farthest(); }
  [[nodiscard]] bool awaits_host_report() const { return awaiting_beyond_ == rows_.farthest(); }

 private:
  TraceOptions options_;
  std::uint64_t revision_ = 0;
  PathRows rows_;
  RttBook rtts_;
  PortVerdict port_;
  std::optional<int> awaiting_beyond_;    ///< the farthest answering TTL, once it was the last
  std::optional<Instant> host_reported_;  ///< when the first awaited report came
};

/// This host has refused every probe so far, and enough of them to expect no other.
[[nodiscard]] bool host_refuses(const engine::Ledger& ledger);

/// Probes were refused because the link has no carrier, or no next hop that answers.
[[nodiscard]] bool lacks_link(const engine::Ledger& ledger);

}  // namespace synroute::strategy
