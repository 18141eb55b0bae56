// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/box_effects.hpp"

#include <cstddef>
#include <utility>

namespace synroute::sim {

namespace {

using Hook = void (BoxSpec::*)(OracleContext& context) const;

/// Outbound packets meet boxes in the order written, inbound ones in reverse.
BoxEffect run(Hook hook, OracleProbe& probe, const NetworkView& network, bool outbound) {
  const auto& boxes = network.node(probe.node).router.boxes;
  if (boxes.empty()) {
    return {};
  }
  OracleContext context{
      .probe = probe,
      .outbound = outbound,
      .own = {
          .v4 = network.first_address(probe.node, Family::V4),
          .v6 = network.first_address(probe.node, Family::V6)}};
  for (std::size_t step = 0; step < boxes.size() && context.effect.passes; ++step) {
    const BoxSpec& box = *boxes[outbound ? step : boxes.size() - 1 - step];
    (box.*hook)(context);
  }
  return std::move(context.effect);
}

}  // namespace

BoxEffect enter_boxes(OracleProbe& probe, const NetworkView& network, bool outbound) {
  return run(&BoxSpec::expect_enter, probe, network, outbound);
}

BoxEffect forward_boxes(OracleProbe& probe, const NetworkView& network, bool outbound) {
  return run(&BoxSpec::expect_forward, probe, network, outbound);
}

void leave_boxes(OracleProbe& probe, const NetworkView& network, bool outbound) {
  static_cast<void>(run(&BoxSpec::expect_leave, probe, network, outbound));
}

}  // namespace synroute::sim
