// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/reset_origins.hpp"

#include <algorithm>

namespace synroute::strategy {

using model::ReplyKind;

void ResetOrigins::note(const model::ProbeRecord& record) {
  const model::Reply& reply = *record.reply();
  if (!record.disproved.empty() && record.disproved.front().ttl) {
    origins_[model::routers_passed(*record.disproved.front().ttl)].is_suspect = true;
  }
  if (!reply.ttl) {  // unknown: connect() tells of the first segment only
    return;
  }
  if (reply.kind == ReplyKind::SynAck) {
    origins_[model::routers_passed(*reply.ttl)].accepts = true;
  } else if (reply.kind == ReplyKind::Rst) {
    Origin& origin = origins_[model::routers_passed(*reply.ttl)];
    const Instant sent = record.probe.sent;
    origin.first_sent = std::min(origin.first_sent.value_or(sent), sent);
    origin.last_sent = std::max(origin.last_sent, sent);
    origin.is_suspect = origin.is_suspect || reply.window != 0;
  }
}

std::optional<Instant> ResetOrigins::doubted_until(Instant now, Duration patience) const {
  std::optional<Instant> until;
  for (const auto& [passed, origin] : origins_) {
    if (!origin.first_sent || (origin.accepts && !origin.is_suspect)) {
      continue;
    }
    const Instant end = (origin.is_suspect ? origin.last_sent : *origin.first_sent) + patience;
    if (end > now) {
      until = std::max(until.value_or(end), end);
    }
  }
  return until;
}

}  // namespace synroute::strategy
