// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "model/trace.hpp"

#include <optional>

namespace synroute::strategy {

/// The state of the port by the answers so far. The strongest decides: SYN|ACK (open), credible RST
/// (closed), ICMP unreachable (rejected, unreachable), silence (filtered). What RST and silence
/// mean depends on the flags of the probes (see model::state_of_reset). Where resets are forged the
/// state is rejected even if the target accepts: no connection survives.
class PortVerdict {
 public:
  bool heard_target = false;   ///< any TCP answer of the target, even one that names no probe
  bool heard_tcp = false;      ///< one that names a probe
  bool heard_open = false;     ///< a SYN|ACK
  bool heard_unnamed = false;  ///< one on the path shown that names no probe

  void add(const model::ProbeRecord& record);
  /// The target has only sent RSTs, and only to probes whose TTL ran out on arrival: some hosts
  /// refuse those whatever the state of the port.
  [[nodiscard]] bool only_resets_at(int distance) const {
    return reset_by_ && !heard_open && farthest_reset_ <= distance;
  }
  /// `confirm_reset`: an RST at exactly the arrival TTL alone does not make a port closed.
  [[nodiscard]] model::Verdict verdict(
      std::optional<int> distance, bool confirm_reset, const engine::Ledger& ledger) const;

 private:
  void add(ProbeId id, const model::Reply& reply);

  std::optional<ProbeId> open_by_;
  std::optional<ProbeId> reset_by_;
  int farthest_reset_ = 0;  ///< the largest TTL of a probe that was reset
};

}  // namespace synroute::strategy
