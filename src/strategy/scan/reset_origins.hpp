// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/probe_record.hpp"

#include <map>
#include <optional>

namespace synroute::strategy {

/// How far away the resets of a scan come from, by the TTL left in them, and until when the scan
/// listens for a SYN|ACK that would disprove them.
///
/// A middlebox resets a SYN before the target's own answer can arrive. From each distance one reset
/// is therefore given the whole wait of its probe; if nothing has disproved it by then, other
/// resets from there need not wait, nor need they where a SYN|ACK has come from the same distance.
/// So only scans that are over sooner than one probe's wait take longer. Where resets from a
/// distance were forged, or carry a window (hosts set it to 0), every one gets its wait.
class ResetOrigins {
 public:
  /// A probe was answered.
  void note(const model::ProbeRecord& record);
  /// Nothing when every reset is believed at `now`; `patience` is the wait for a probe.
  [[nodiscard]] std::optional<Instant> doubted_until(Instant now, Duration patience) const;

 private:
  struct Origin {
    std::optional<Instant> first_sent;
    Instant last_sent;
    bool accepts = false;  ///< SYN|ACKs come from there as well
    bool is_suspect = false;
  };
  std::map<int, Origin> origins_;  ///< by the number of routers passed on the return path
};

}  // namespace synroute::strategy
