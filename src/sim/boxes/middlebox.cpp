// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/middlebox.hpp"

namespace synroute::sim {

BoxAction Middlebox::enter(Packet& /*packet*/, BoxContext& /*context*/) {
  return BoxAction::Pass;
}

BoxAction Middlebox::forward(Packet& /*packet*/, BoxContext& /*context*/) {
  return BoxAction::Pass;
}

BoxAction Middlebox::leave(Packet& /*packet*/, BoxContext& /*context*/) {
  return BoxAction::Pass;
}

std::optional<Instant> Middlebox::deadline() const {
  return std::nullopt;
}

void Middlebox::advance(Instant /*now*/, std::vector<Packet>& /*emitted*/) {}

}  // namespace synroute::sim
