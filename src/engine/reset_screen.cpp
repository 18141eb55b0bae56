// SPDX-License-Identifier: Apache-2.0
#include "engine/reset_screen.hpp"

namespace synroute::engine {

ResetScreen::Result ResetScreen::check(ProbeId id, const model::Reply& reply) {
  const bool is_reset = reply.kind == model::ReplyKind::Rst;
  if (any_disproved_ && is_reset) {
    ledger_.disprove(id, reply);
    return {.rejected = true};
  }
  const model::Reply* before = ledger_.record(id).reply();
  if (before == nullptr || !model::reset_is_contradicted(*before, reply)) {
    return {};
  }
  if (is_reset) {
    ledger_.disprove(id, reply);
  }
  if (screening_ == ResetScreening::Each) {
    return take_back(id, is_reset);
  }
  any_disproved_ = true;
  // A genuine answer finds its probe waiting again.
  return {.rejected = is_reset, .disproved_all = true, .reopened = reopen_resets()};
}

/// Only the reset of this probe, which the genuine answer follows.
ResetScreen::Result ResetScreen::take_back(ProbeId id, bool is_reset) {
  if (is_reset) {
    return {.rejected = true};
  }
  ledger_.reopen(id);
  return {.reopened = {id}};
}

std::vector<ProbeId> ResetScreen::reopen_resets() {
  std::vector<ProbeId> reopened;
  for (const model::ProbeRecord& record : ledger_.records()) {
    const model::Reply* reply = record.reply();
    if (reply != nullptr && reply->kind == model::ReplyKind::Rst) {
      reopened.push_back(record.probe.id);
    }
  }
  for (const ProbeId id : reopened) {
    ledger_.reopen(id);
  }
  return reopened;
}

}  // namespace synroute::engine
