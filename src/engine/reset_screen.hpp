// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "engine/strategy.hpp"

#include <vector>

namespace synroute::engine {

/// Keeps forged resets out of a trace. Resets are answers until one of them is contradicted by
/// another reply to the same probe (model::reset_is_contradicted). From then on none is believed,
/// and those accepted before are taken back: a middlebox that forges one reset forges them all, and
/// being nearer, its resets arrive before the target's answers. With ResetScreening::Each, only the
/// contradicted ones are taken back.
class ResetScreen {
 public:
  struct Result {
    /// The reply is not an answer to its probe; the ledger has kept it where it is evidence.
    bool rejected = false;
    /// This reply was the first contradiction. `reopened` are the probes that wait again.
    bool disproved_all = false;
    std::vector<ProbeId> reopened;
  };

  /// `ledger` must outlive it.
  explicit ResetScreen(Ledger& ledger, ResetScreening screening = ResetScreening::All)
      : ledger_{ledger}, screening_{screening} {}

  /// To be called with each reply before it is entered into the ledger.
  [[nodiscard]] Result check(ProbeId id, const model::Reply& reply);

 private:
  [[nodiscard]] Result take_back(ProbeId id, bool is_reset);
  [[nodiscard]] std::vector<ProbeId> reopen_resets();

  Ledger& ledger_;
  ResetScreening screening_;
  bool any_disproved_ = false;
};

}  // namespace synroute::engine
