// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_spec.hpp"

namespace synroute::sim {

void BoxSpec::expect_enter(OracleContext& /*context*/) const {}

void BoxSpec::expect_forward(OracleContext& /*context*/) const {}

void BoxSpec::expect_leave(OracleContext& /*context*/) const {}

std::optional<IpAddress> BoxSpec::outer_address() const {
  return std::nullopt;
}

}  // namespace synroute::sim
