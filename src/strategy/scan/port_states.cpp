// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/port_states.hpp"

#include "model/reply_meaning.hpp"

#include <algorithm>

namespace synroute::strategy {

model::PortState state_by(const model::ProbeRecord& record) {
  const model::Reply& reply = *record.reply();
  if (!record.disproved.empty()) {  // by a forged reset that came before the genuine answer
    return model::PortState::Rejected;
  }
  if (reply.kind == model::ReplyKind::SynAck) {
    return model::PortState::Open;
  }
  return reply.kind == model::ReplyKind::Rst ? model::state_of_reset(record.probe.flags)
                                             : model::state_of_unreachable(reply);
}

model::PortState state_of_refusal(model::Refusal why) {
  return model::is_of_link(why) ? model::PortState::Unreachable : model::PortState::NotTested;
}

bool lacks_all_links(const engine::Ledger& ledger) {
  return ledger.counters().sent == 0
         && std::ranges::any_of(ledger.records(), [](const model::ProbeRecord& record) {
              return record.refusal() && model::is_of_link(*record.refusal());
            });
}

}  // namespace synroute::strategy
