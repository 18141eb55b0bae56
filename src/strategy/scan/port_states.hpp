// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "model/port_state.hpp"
#include "model/probe_record.hpp"
#include "model/refusal.hpp"

namespace synroute::strategy {

/// Whether an answer decides the state of the port: a time exceeded and a bare ACK do not.
[[nodiscard]] inline bool decides_port(const model::Reply& reply) {
  return reply.kind != model::ReplyKind::TimeExceeded && reply.kind != model::ReplyKind::Ack;
}
/// The state of a port by the answer that decides it.
[[nodiscard]] model::PortState state_by(const model::ProbeRecord& record);
/// The state of a port to which no probe left this host. Where nothing can leave by the link, that
/// is the network's state.
[[nodiscard]] model::PortState state_of_refusal(model::Refusal why);
/// Nothing has left this host, since nothing can leave by the link.
[[nodiscard]] bool lacks_all_links(const engine::Ledger& ledger);

}  // namespace synroute::strategy
